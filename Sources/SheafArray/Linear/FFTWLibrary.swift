internal import SheafCore

/// FFTW 3, loaded when first used.
struct FFTWLibrary: Sendable {
    /// The name under which it was found.
    let name: String
    private let double: NativeLibrary
    private let single: NativeLibrary?

    static let hint = "install FFTW 3 (on Debian and Ubuntu: apt-get install libfftw3-double3 libfftw3-single3)"

    static let shared: Result<FFTWLibrary, EngineError> = {
        do {
            let double = try NativeLibrary(["libfftw3.so.3", "libfftw3.3.dylib", "/opt/homebrew/lib/libfftw3.3.dylib"], hint: hint)
            let single = try? NativeLibrary(["libfftw3f.so.3", "libfftw3f.3.dylib", "/opt/homebrew/lib/libfftw3f.3.dylib"], hint: hint)
            return .success(FFTWLibrary(name: double.name, double: double, single: single))
        } catch let error as EngineError {
            return .failure(error)
        } catch {
            return .failure(EngineError(.missingLibrary, "FFTW cannot be used", cause: error, hint: hint))
        }
    }()

    /// The library for a real type, if it is there.
    func library(for type: ScalarType) -> NativeLibrary? { type == .float64 ? double : type == .float32 ? single : nil }
}
