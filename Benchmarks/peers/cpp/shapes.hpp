// The three graphs of tiny tasks, written once for every C++ peer.
//
// `Graph` is a peer's own graph. Its `add(body, predecessors)` makes a task from a callable and from the numbers of
// the tasks it waits for; tasks are numbered in the order in which they are added. Every task writes its value into
// its own slot, and reads the values of its predecessors from theirs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>

#include "contract.hpp"

using Value = std::int64_t;

constexpr Value modulus = 1'000'007;

struct Slots {
    // Left uninitialised: every slot is written by its task before anything reads it.
    explicit Slots(std::size_t count) : count(count), values(std::make_unique_for_overwrite<Value[]>(count)) {}

    Value& operator[](std::size_t index) { return values[index]; }
    Value* at(std::size_t index) { return &values[index]; }
    Value sum() const { return std::accumulate(values.get(), values.get() + count, Value{0}); }

    std::size_t count;
    std::unique_ptr<Value[]> values;
};

// The sum of 0 ..< leaves as a binary tree; `leaves` is a power of two.
template <typename Graph>
Value runTree(Graph& graph, Slots& slots, std::size_t leaves) {
    std::size_t next = 0;
    for (; next < leaves; ++next)
        graph.add([slot = slots.at(next), next] { *slot = static_cast<Value>(next); }, {});
    for (std::size_t child = 0; next < slots.count; ++next, child += 2)
        graph.add([slot = slots.at(next), left = slots.at(child)] { *slot = left[0] + left[1]; }, {child, child + 1});
    graph.run();
    return slots[slots.count - 1];
}

// Each cell is the sum of the cells above and to the left, modulo 1,000,007. The corner is 1 and cells on the top and
// left edge pass on the value of their one neighbour, so that all edges are 1 and the front starts in the corner.
template <typename Graph>
Value runWavefront(Graph& graph, Slots& slots, std::size_t side) {
    for (std::size_t row = 0; row < side; ++row) {
        for (std::size_t column = 0; column < side; ++column) {
            const std::size_t cell = row * side + column;
            Value* slot = slots.at(cell);
            if (row > 0 && column > 0)
                graph.add([slot, side] { *slot = (slot[-static_cast<std::ptrdiff_t>(side)] + slot[-1]) % modulus; },
                          {cell - side, cell - 1});
            else if (row > 0)
                graph.add([slot, side] { *slot = slot[-static_cast<std::ptrdiff_t>(side)]; }, {cell - side});
            else if (column > 0)
                graph.add([slot] { *slot = slot[-1]; }, {cell - 1});
            else
                graph.add([slot] { *slot = 1; }, {});
        }
    }
    graph.run();
    return slots[slots.count - 1];
}

// Tasks that wait for nothing.
template <typename Graph>
Value runIndependent(Graph& graph, Slots& slots, std::size_t count) {
    for (std::size_t index = 0; index < count; ++index)
        graph.add([slot = slots.at(index), index] { *slot = (static_cast<Value>(index) * 31 + 7) % modulus; }, {});
    graph.run();
    return slots.sum();
}

inline std::size_t taskCount(const Options& options, const char* program) {
    const std::size_t size = options.size;
    if (options.job == "tree") {
        if ((size & (size - 1)) != 0) usage(program, "the tree needs a power of two as its number of leaves");
        return 2 * size - 1;
    }
    if (options.job == "wavefront") return size * size;
    if (options.job == "independent") return size;
    usage(program, "no such job: " + options.job);
}

// Builds and runs the graph of `options.job`; both are part of the measured time, taking it down is not.
template <typename Graph>
void measure(Graph& graph, const Options& options, std::size_t tasks, const char* peer, const std::string& version) {
    const Stopwatch watch;
    Slots slots(tasks);
    const Value check = options.job == "tree"        ? runTree(graph, slots, options.size)
                        : options.job == "wavefront" ? runWavefront(graph, slots, options.size)
                                                     : runIndependent(graph, slots, options.size);
    reportTasks(options, peer, version, watch.seconds(), check, tasks);
}
