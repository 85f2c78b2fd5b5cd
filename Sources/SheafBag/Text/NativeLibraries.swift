public import SheafCore

/// The libraries that bags use for compressed files.
public enum NativeLibraries {
    /// Tries to load each; for diagnostics.
    public static func check() -> [NativeLibraryStatus] {
        [
            ("zlib", "reads .gz files", GzipSource.isAvailable), ("zstd", "reads .zst files", ZstdSource.isAvailable),
        ].map { name, purpose, check in
            do {
                try check()
                return NativeLibraryStatus(name: name, purpose: purpose, isFound: true, hint: nil)
            } catch {
                return NativeLibraryStatus(name: name, purpose: purpose, isFound: false, hint: "\(error)")
            }
        }
    }
}
