internal import SheafCore
internal import Synchronization

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

    /// The library for a real type, and the beginning of its functions' names, if it is there.
    func functions(for part: ScalarType) -> (library: NativeLibrary, prefix: String)? {
        part == .float64 ? (double, "fftw_") : part == .float32 ? single.map { ($0, "fftwf_") } : nil
    }
}

/// A plan of FFTW's for one contiguous line of complex numbers, in place. Any number of threads may use it at a time.
final class FFTWPlan: @unchecked Sendable {
    private typealias Make = @convention(c) (Int32, UnsafeMutableRawPointer, UnsafeMutableRawPointer, Int32, UInt32) -> OpaquePointer?
    private typealias Run = @convention(c) (OpaquePointer, UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void
    private typealias Destroy = @convention(c) (OpaquePointer) -> Void

    private let plan: OpaquePointer
    private let run: Run
    private let destroy: Destroy

    /// FFTW makes and destroys one plan at a time.
    private static let planner = Locked(())

    /// - Returns: `nil` where there is no library for the type.
    init?(_ count: Int, isInverse: Bool, part: ScalarType) {
        guard case .success(let fftw) = FFTWLibrary.shared, let (library, prefix) = fftw.functions(for: part), count <= Int32.max,
            let make = try? library.symbol(prefix + "plan_dft_1d", as: Make.self),
            let run = try? library.symbol(prefix + "execute_dft", as: Run.self),
            let destroy = try? library.symbol(prefix + "destroy_plan", as: Destroy.self)
        else { return nil }
        // FFTW_ESTIMATE looks at no elements and measures nothing; FFTW_UNALIGNED lets lines begin anywhere.
        let estimate: UInt32 = 1 << 6, unaligned: UInt32 = 1 << 1
        let line = UnsafeMutableRawPointer.allocate(byteCount: count * part.byteCount * 2, alignment: 64)
        defer { line.deallocate() }
        let address = UInt(bitPattern: line)
        let made = Self.planner.withLock { _ -> UInt in
            guard let line = UnsafeMutableRawPointer(bitPattern: address) else { return 0 }
            return UInt(bitPattern: make(Int32(count), line, line, isInverse ? 1 : -1, estimate | unaligned))
        }
        guard let plan = OpaquePointer(bitPattern: made) else { return nil }
        self.plan = plan
        self.run = run
        self.destroy = destroy
    }

    deinit { Self.planner.withLock { _ in destroy(plan) } }

    func transform(_ line: UnsafeMutableRawPointer) { run(plan, line, line) }
}
