document.title="Hello";
//# sourceMappingURL=app.js.map
