namespace Microsoft.Build.Framework;

/// <summary>
/// Tells MSBuild that the task may run inside a multi-threaded build (<c>-mt</c>), without a process of its own. MSBuild looks for the full name
/// and accepts any assembly's; older ones do not know it, so it can't come from their library.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
internal sealed class MSBuildMultiThreadableTaskAttribute : Attribute;
