// What memory allows: the time to read the arrays of an array job once (and to write its result once), with nothing computed that the
// processor could not do meanwhile. (square-mean|sum-of-products|expression) --size N [--workers N]

#include <sys/mman.h>

#include <algorithm>
#include <thread>
#include <vector>

#include "contract.hpp"

namespace {

constexpr int kRepeats = 7;

double* allocate(std::size_t count) {
    void* memory = nullptr;
    if (posix_memalign(&memory, 1 << 21, count * sizeof(double)) != 0) std::abort();
    madvise(memory, count * sizeof(double), MADV_HUGEPAGE);
    return static_cast<double*>(memory);
}

double readOne(const double* a, std::size_t count) {
    double lanes[32] = {};
    for (std::size_t i = 0; i + 32 <= count; i += 32)
        for (int lane = 0; lane < 32; lane++) lanes[lane] += a[i + lane];
    double sum = 0;
    for (double lane : lanes) sum += lane;
    return sum;
}

double readTwo(const double* a, const double* b, std::size_t count) {
    double lanes[32] = {};
    for (std::size_t i = 0; i + 32 <= count; i += 32)
        for (int lane = 0; lane < 32; lane++) lanes[lane] += a[i + lane] * b[i + lane];
    double sum = 0;
    for (double lane : lanes) sum += lane;
    return sum;
}

void readTwoWriteOne(const double* a, const double* b, double* c, std::size_t count) {
    for (std::size_t i = 0; i < count; i++) c[i] = a[i] + b[i];
}

}  // namespace

int main(int argumentCount, char** arguments) {
    const Options options = parseOptions(argumentCount, arguments);
    const std::size_t size = options.size, workers = options.workers;
    double *a = allocate(size), *b = allocate(size), *c = allocate(size);
    const auto inParallel = [&](auto body) {
        std::vector<std::thread> threads;
        for (std::size_t worker = 0; worker < workers; worker++) {
            const std::size_t first = size * worker / workers, last = size * (worker + 1) / workers;
            threads.emplace_back([=] { body(first, last - first, worker); });
        }
        for (std::thread& thread : threads) thread.join();
    };
    inParallel([&](std::size_t first, std::size_t count, std::size_t) {
        for (std::size_t i = first; i < first + count; i++) {
            a[i] = static_cast<double>(i) * 1e-8;
            b[i] = (static_cast<double>(i) + 1.0) * 1e-8;
            c[i] = 0;
        }
    });

    std::vector<double> sums(workers * 8), seconds;
    for (int repeat = 0; repeat < kRepeats; repeat++) {
        const auto begin = std::chrono::steady_clock::now();
        inParallel([&](std::size_t first, std::size_t count, std::size_t worker) {
            if (options.job == "square-mean") sums[worker * 8] = readOne(a + first, count);
            else if (options.job == "sum-of-products") sums[worker * 8] = readTwo(a + first, b + first, count);
            else if (options.job == "expression") readTwoWriteOne(a + first, b + first, c + first, count);
            else usage(arguments[0], "unknown job: " + options.job);
        });
        seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count());
    }
    // A limit is the best that was seen.
    const double best = *std::min_element(seconds.begin(), seconds.end());
    volatile double keep = sums[0] + c[size / 2];
    (void)keep;
    std::printf(
        "{\"job\": \"%s\", \"peer\": \"limit\", \"version\": \"memory bandwidth\", \"seconds\": %.9f, \"check\": \"\", \"items\": %zu}\n",
        options.job.c_str(), best, size);
}
