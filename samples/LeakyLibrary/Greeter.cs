namespace Acme.LeakyLibrary;

/// <summary>Greets.</summary>
public static class Greeter
{
    /// <summary>The greeting for a name.</summary>
    public static string Greet(string name) => $"Hello, {name}!";
}
