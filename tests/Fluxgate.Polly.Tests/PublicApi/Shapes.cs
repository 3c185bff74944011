namespace Fluxgate;

#pragma warning disable CA1034, CA1044, CA1051, CA1070, CA1819, MA0046, MA0062, S1144 // Made to be written down, not to be used.
public static class Shapes
{
    public abstract class Part<T> : IDisposable
        where T : class, new()
    {
        public const string Word = "part";

        protected Part(string name) => Hidden = name;

        public event Action<T>? Changed;

        public static string? Name { get; protected set; }

        protected virtual (int Number, string? Text) Count => (Changed is null ? 0 : 1, Hidden);

        internal string Hidden { get; }

        public T this[int index] => new();

        public static explicit operator int(Part<T> part) => part.Hidden.Length;

        public abstract T? Find(IReadOnlyDictionary<string, T?>? among, in int from = 3, params string?[] names);

        public abstract void Dispose();

        private protected void HiddenToo() => Changed?.Invoke(new());
    }

    public sealed record Pair(int First)
    {
        public required string Second { get; init; }
    }

    public enum Size : byte
    {
        Large = 2,
        Small = 1,
    }

    public delegate bool Judge<in T>(T value, Size size = Size.Large);

    public interface IThing
    {
        bool TryGet(ref long at, out string? found)
        {
            found = null;
            return at > 0;
        }
    }

    public static class Extensions
    {
        public static T Or<T>(T? value, T other, TimeSpan wait = default, bool? sure = null)
            where T : class?, IDisposable => wait > TimeSpan.Zero && sure == true ? value ?? other : other;
    }
}
#pragma warning restore
