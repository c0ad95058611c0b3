// Nobody outside was meant to read this comment.
export function greeting(name: string): string {
  return `Hello, ${name}!`;
}
