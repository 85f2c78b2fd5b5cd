// Graphs of tiny tasks on oneTBB's flow graph: one continue_node a task, as in oneTBB's own wavefront example.
#include <deque>
#include <initializer_list>
#include <utility>
#include <vector>

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/parallel_for.h>
#include <oneapi/tbb/version.h>

#include "shapes.hpp"

namespace flow = oneapi::tbb::flow;

class FlowGraph {
public:
    template <typename Body>
    void add(Body body, std::initializer_list<std::size_t> predecessors) {
        Node& node = nodes.emplace_back(graph, [body](const flow::continue_msg&) { body(); });
        for (const std::size_t predecessor : predecessors) flow::make_edge(nodes[predecessor], node);
        if (predecessors.size() == 0) sources.push_back(&node);
    }

    void run() {
        for (Node* source : sources) source->try_put(flow::continue_msg());
        graph.wait_for_all();
    }

private:
    using Node = flow::continue_node<flow::continue_msg>;

    flow::graph graph;
    std::deque<Node> nodes;  // Nodes cannot be moved, and a deque never moves them.
    std::vector<Node*> sources;
};

int main(int count, char** arguments) {
    const Options options = parseOptions(count, arguments);
    const std::size_t tasks = taskCount(options, arguments[0]);

    using oneapi::tbb::global_control;
    const global_control threads(global_control::max_allowed_parallelism, options.workers);
    // Starts the worker threads, which oneTBB otherwise does at the first piece of work.
    oneapi::tbb::parallel_for(std::size_t{0}, options.workers * 1'000, [](std::size_t) {});

    FlowGraph graph;
    const auto version = "oneTBB " + std::to_string(TBB_VERSION_MAJOR) + "." + std::to_string(TBB_VERSION_MINOR);
    measure(graph, options, tasks, "onetbb", version);
}
