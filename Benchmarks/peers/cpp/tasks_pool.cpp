// Graphs of tiny tasks on the thread pool that a C++ programmer writes without a library: a queue under a mutex, a
// condition variable, and in each task an atomic count of what it still waits for.
#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <thread>
#include <vector>

#include "shapes.hpp"

struct Task {
    explicit Task(std::function<void()> body, std::size_t predecessors)
        : body(std::move(body)), waitingFor(predecessors) {}

    std::function<void()> body;
    std::vector<Task*> successors;
    std::atomic<std::size_t> waitingFor;
};

class ThreadPool {
public:
    explicit ThreadPool(std::size_t workers) {
        for (std::size_t index = 0; index < workers; ++index) threads.emplace_back([this] { work(); });
    }

    ~ThreadPool() {
        {
            const std::lock_guard lock(mutex);
            stopping = true;
        }
        available.notify_all();
        for (std::thread& thread : threads) thread.join();
    }

    // Runs `total` tasks, of which `ready` wait for nothing, and returns when all have finished.
    void run(const std::vector<Task*>& ready, std::size_t total) {
        std::unique_lock lock(mutex);
        remaining.store(total);
        queue.insert(queue.end(), ready.begin(), ready.end());
        available.notify_all();
        finished.wait(lock, [this] { return remaining.load() == 0; });
    }

private:
    void work() {
        std::unique_lock lock(mutex);
        while (true) {
            available.wait(lock, [this] { return stopping || !queue.empty(); });
            if (stopping) return;
            Task* task = queue.front();
            queue.pop_front();
            lock.unlock();

            task->body();
            for (Task* successor : task->successors) {
                if (successor->waitingFor.fetch_sub(1, std::memory_order_acq_rel) == 1) push(successor);
            }

            const bool last = remaining.fetch_sub(1, std::memory_order_acq_rel) == 1;
            lock.lock();
            if (last) finished.notify_all();
        }
    }

    void push(Task* task) {
        {
            const std::lock_guard lock(mutex);
            queue.push_back(task);
        }
        available.notify_one();
    }

    std::mutex mutex;
    std::condition_variable available;
    std::condition_variable finished;
    std::deque<Task*> queue;
    std::atomic<std::size_t> remaining = 0;
    bool stopping = false;
    std::vector<std::thread> threads;
};

class PoolGraph {
public:
    explicit PoolGraph(ThreadPool& pool) : pool(pool) {}

    template <typename Body>
    void add(Body body, std::initializer_list<std::size_t> predecessors) {
        Task& task = tasks.emplace_back(std::move(body), predecessors.size());
        for (const std::size_t predecessor : predecessors) tasks[predecessor].successors.push_back(&task);
        if (predecessors.size() == 0) ready.push_back(&task);
    }

    void run() { pool.run(ready, tasks.size()); }

private:
    ThreadPool& pool;
    std::deque<Task> tasks;  // A task holds an atomic and cannot be moved, and a deque never moves it.
    std::vector<Task*> ready;
};

int main(int count, char** arguments) {
    const Options options = parseOptions(count, arguments);
    const std::size_t tasks = taskCount(options, arguments[0]);
    ThreadPool pool(options.workers);
    PoolGraph graph(pool);
    measure(graph, options, tasks, "cpp-pool", "g++ " __VERSION__);
}
