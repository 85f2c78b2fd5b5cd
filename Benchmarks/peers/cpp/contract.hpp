// What the C++ peers share: their arguments, their clock and the one JSON line they print. See Benchmarks/README.md.
#pragma once

#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

struct Options {
    std::string job;
    std::size_t size = 0;
    std::size_t workers = 2;
};

[[noreturn]] inline void usage(const char* program, const std::string& problem) {
    std::fprintf(stderr, "error: %s\nusage: %s (tree|wavefront|independent) --size N [--workers N]\n",
                 problem.c_str(), program);
    std::exit(2);
}

inline Options parseOptions(int count, char** arguments) {
    const char* program = arguments[0];
    if (count < 2) usage(program, "no job given");
    Options options{.job = arguments[1]};
    for (int index = 2; index < count; index += 2) {
        const std::string_view name = arguments[index];
        if (name != "--size" && name != "--workers") usage(program, "unknown option: " + std::string(name));
        if (index + 1 == count) usage(program, std::string(name) + " needs a number");

        const std::string_view text = arguments[index + 1];
        std::size_t number = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
        if (error != std::errc() || end != text.data() + text.size() || number == 0)
            usage(program, std::string(name) + " needs a number of at least 1, not " + std::string(text));
        (name == "--size" ? options.size : options.workers) = number;
    }
    if (options.size == 0) usage(program, "--size is missing");
    return options;
}

// Wall seconds since it was made.
class Stopwatch {
public:
    double seconds() const { return std::chrono::duration<double>(Clock::now() - start).count(); }

private:
    using Clock = std::chrono::steady_clock;
    Clock::time_point start = Clock::now();
};

inline void reportTasks(const Options& options, const char* peer, const std::string& version, double seconds,
                        std::int64_t check, std::size_t tasks) {
    std::printf("{\"job\": \"%s\", \"peer\": \"%s\", \"version\": \"%s\", \"seconds\": %.9f, \"check\": \"%lld\", "
                "\"items\": %zu, \"tasks\": %zu, \"secondsPerTask\": %.12f}\n",
                options.job.c_str(), peer, version.c_str(), seconds, static_cast<long long>(check), tasks, tasks,
                seconds / static_cast<double>(tasks));
}
