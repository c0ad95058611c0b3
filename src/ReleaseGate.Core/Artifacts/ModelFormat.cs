using System.Buffers.Binary;

namespace ReleaseGate.Artifacts;

/// <summary>
/// Formats of trained models that a few first bytes do not prove: each is followed as far as its structure goes. Sources: the safetensors README, ggml/docs/gguf.md,
/// Python's pickletools, onnx.proto, TensorFlow Lite's schema.fbs with the file identifier of FlatBuffers.
/// </summary>
internal static class ModelFormat
{
    /// <summary>Version 1 and up, either byte order.</summary>
    public static bool IsGguf(ReadOnlySpan<byte> head, bool isWhole) =>
        head.Length > 7 && (BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) is > 0 and < 256 || BinaryPrimitives.ReadUInt32BigEndian(head[4..]) is > 0 and < 256);

    /// <summary>What was before GGUF: small positive numbers (a version, or vocabulary and context) follow.</summary>
    public static bool IsGgml(ReadOnlySpan<byte> head, bool isWhole) =>
        head.Length > 15 && BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) is > 0 and < 1 << 24 && BinaryPrimitives.ReadUInt32LittleEndian(head[8..]) is > 0 and < 1 << 24;

    /// <summary>The length of a JSON object, which names tensors with their types and places.</summary>
    public static bool IsSafeTensors(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (head.Length < 10 || head[8] != '{') return false;
        var length = BinaryPrimitives.ReadUInt64LittleEndian(head);
        if (length is < 2 or > 100_000_000) return false;
        var json = head[8..];
        if (isWhole && length > (ulong)json.Length) return false;
        return json.IndexOf("\"dtype\""u8) > 0 && json.IndexOf("\"data_offsets\""u8) > 0;
    }

    /// <summary>A FlatBuffer with this identifier whose root lies in the file, aligned.</summary>
    public static bool IsTensorFlowLite(ReadOnlySpan<byte> head, bool isWhole) =>
        head.Length > 11 && head[4..].StartsWith("TFL3"u8) && BinaryPrimitives.ReadUInt32LittleEndian(head) is >= 8 and var root && root % 4 == 0 && (!isWhole || root < head.Length);

    /// <summary>Opcodes of protocol 2 to 5 one after the other, up to STOP or further than the head goes.</summary>
    public static bool IsPickle(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (head.Length < 4 || head[1] is < 2 or > 5) return false;
        // Protocols 4 and 5 go on with a frame and its length, which says more than two opcodes do.
        var enough = head[2] == 0x95 && head.Length > 10 && BinaryPrimitives.ReadUInt64LittleEndian(head[3..]) < 1UL << 40 ? 2 : 4;
        long at = 2;
        for (var opcodes = 1; at < head.Length; opcodes++)
        {
            var opcode = head[(int)at];
            // Several pickles may stand behind each other, as in old models of PyTorch.
            if (opcode == '.') return opcodes >= enough || (isWhole && at == head.Length - 1) || (head[(int)(at + 1)..] is [0x80, >= 2 and <= 5, ..]);
            var length = ArgumentLength(opcode, head[(int)(at + 1)..]);
            if (length < 0) return length == Cut && !isWhole && opcodes >= enough;
            at += 1 + length;
            if (at >= head.Length) return !isWhole && opcodes >= enough;
        }

        return false;
    }

    private const long Cut = -1;
    private const long None = -2;

    /// <summary>Bytes of an opcode's argument; <see cref="Cut"/> where the head ends before its length, <see cref="None"/> where there is no such opcode.</summary>
    private static long ArgumentLength(byte opcode, ReadOnlySpan<byte> rest)
    {
        switch (opcode)
        {
            case (byte)'(' or (byte)'0' or (byte)'1' or (byte)'2' or (byte)'N' or (byte)'Q' or (byte)'R' or (byte)'a' or (byte)'b' or (byte)'d' or (byte)'}' or (byte)'e' or (byte)'l'
                or (byte)']' or (byte)'o' or (byte)'s' or (byte)'t' or (byte)')' or (byte)'u' or 0x81 or 0x85 or 0x86 or 0x87 or 0x88 or 0x89 or 0x8F or 0x90 or 0x91 or 0x92 or 0x93 or 0x94 or 0x97 or 0x98:
                return 0;
            case (byte)'K' or (byte)'h' or (byte)'q' or 0x80 or 0x82:
                return 1;
            case (byte)'M' or 0x83:
                return 2;
            case (byte)'J' or (byte)'j' or (byte)'r' or 0x84:
                return 4;
            case (byte)'G' or 0x95:
                return 8;
            case (byte)'U' or (byte)'C' or 0x8C or 0x8A:
                return rest.Length < 1 ? Cut : 1 + rest[0];
            case (byte)'T' or (byte)'X' or (byte)'B' or 0x8B:
                return rest.Length < 4 ? Cut : 4L + BinaryPrimitives.ReadUInt32LittleEndian(rest);
            case 0x8D or 0x8E or 0x96:
                if (rest.Length < 8) return Cut;
                var length = BinaryPrimitives.ReadUInt64LittleEndian(rest);
                return length < 1UL << 48 ? 8 + (long)length : None;
            case (byte)'I' or (byte)'L' or (byte)'F' or (byte)'S' or (byte)'V' or (byte)'P' or (byte)'g' or (byte)'p':
                var line = rest.IndexOf((byte)'\n');
                return line < 0 ? Cut : line + 1;
            case (byte)'c' or (byte)'i':
                var first = rest.IndexOf((byte)'\n');
                var second = first < 0 ? -1 : rest[(first + 1)..].IndexOf((byte)'\n');
                return second < 0 ? Cut : first + second + 2;
            default:
                return None;
        }
    }

    /// <summary>A ModelProto: the version of the format first, then only fields that it has, up to a graph whose first node names an operator.</summary>
    public static bool IsOnnx(ReadOnlySpan<byte> head, bool isWhole)
    {
        const byte Version = 0x08, ModelVersion = 0x28, Graph = 0x3A, Operators = 0x42;
        if (head.Length < 12 || head[1] is 0 or > 30) return false;
        var rest = head[2..];
        while (rest.Length > 2)
        {
            var tag = rest[0];
            rest = rest[1..];
            if (tag is Version or ModelVersion)
            {
                if (!TakeNumber(ref rest, out _)) return false;
                continue;
            }

            if (tag is not (0x12 or 0x1A or 0x22 or 0x32 or Graph or Operators) || !TakeNumber(ref rest, out var length)) return false;
            if (tag == Graph) return (!isWhole || length <= (ulong)rest.Length) && IsGraph(rest);
            if (length > (ulong)rest.Length) return false;
            // Producer, its version, domain, description.
            foreach (var b in tag == Operators ? [] : rest[..(int)length])
                if (b < 0x20 && b is not ((byte)'\n' or (byte)'\r' or (byte)'\t')) return false;
            rest = rest[(int)length..];
        }

        return false;
    }

    private static bool IsGraph(ReadOnlySpan<byte> rest)
    {
        const byte Node = 0x0A, Operator = 0x22;
        if (rest.Length < 4 || rest[0] != Node) return false;
        rest = rest[1..];
        if (!TakeNumber(ref rest, out _)) return false;
        while (rest.Length > 2)
        {
            var tag = rest[0];
            rest = rest[1..];
            // Inputs, outputs, name, operator.
            if (tag is not (0x0A or 0x12 or 0x1A or Operator) || !TakeNumber(ref rest, out var length) || length > (ulong)rest.Length) return false;
            if (tag == Operator)
            {
                if (length is 0 or > 64) return false;
                foreach (var b in rest[..(int)length])
                    if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'_' or (byte)'.' or (byte)':')) return false;
                return true;
            }

            rest = rest[(int)length..];
        }

        return false;
    }

    /// <summary>A protobuf varint.</summary>
    private static bool TakeNumber(ref ReadOnlySpan<byte> bytes, out ulong number)
    {
        number = 0;
        for (var i = 0; i < Math.Min(10, bytes.Length); i++)
        {
            number |= (ulong)(bytes[i] & 0x7F) << 7 * i;
            if ((bytes[i] & 0x80) != 0) continue;
            bytes = bytes[(i + 1)..];
            return true;
        }

        return false;
    }
}
