public import SheafCore

/// The native libraries that linear algebra and Fourier transforms use; both are optional.
public enum LinearLibraries {
    /// Tries to load each, and says which is in use; for diagnostics.
    public static func check() -> [NativeLibraryStatus] {
        [blas, fftw]
    }

    private static var blas: NativeLibraryStatus {
        switch BLASLibrary.shared {
        case .success(let library):
            NativeLibraryStatus(name: "BLAS", purpose: "linear algebra (\(library.summary))", isFound: true, hint: nil)
        case .failure(let error):
            NativeLibraryStatus(
                name: "BLAS", purpose: "linear algebra; without it slower built-in kernels serve, and there is no SVD and no eigh",
                isFound: false, isOptional: true, hint: "\(error)")
        }
    }

    private static var fftw: NativeLibraryStatus {
        switch FFTWLibrary.shared {
        case .success(let library):
            NativeLibraryStatus(name: "FFTW", purpose: "Fourier transforms (\(library.name))", isFound: true, hint: nil)
        case .failure(let error):
            NativeLibraryStatus(
                name: "FFTW", purpose: "Fourier transforms; without it built-in ones serve", isFound: false, isOptional: true,
                hint: "\(error)")
        }
    }
}
