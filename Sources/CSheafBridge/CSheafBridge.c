#include "CSheafBridge.h"

// `#embed` is of C23.
#pragma clang diagnostic ignored "-Wc23-extensions"

#define SOURCE(name, bytes) { name, bytes, sizeof bytes }

static const unsigned char bootstrap[] = {
#embed "../../bridges/python/bootstrap.py"
};
static const unsigned char up[] = {
#embed "../../bridges/python/sheaf_up.py"
};
static const unsigned char package[] = {
#embed "../../bridges/python/sheaf_bridge/__init__.py"
};
static const unsigned char child[] = {
#embed "../../bridges/python/sheaf_bridge/child.py"
};
static const unsigned char dask_cluster[] = {
#embed "../../bridges/python/sheaf_bridge/dask_cluster.py"
};
static const unsigned char dask_engine[] = {
#embed "../../bridges/python/sheaf_bridge/dask_engine.py"
};
static const unsigned char dask_side[] = {
#embed "../../bridges/python/sheaf_bridge/dask_side.py"
};
static const unsigned char dask_watch[] = {
#embed "../../bridges/python/sheaf_bridge/dask_watch.py"
};
static const unsigned char engine[] = {
#embed "../../bridges/python/sheaf_bridge/engine.py"
};
static const unsigned char failures[] = {
#embed "../../bridges/python/sheaf_bridge/failures.py"
};
static const unsigned char frames[] = {
#embed "../../bridges/python/sheaf_bridge/frames.py"
};
static const unsigned char known[] = {
#embed "../../bridges/python/sheaf_bridge/known.py"
};
static const unsigned char lifeline[] = {
#embed "../../bridges/python/sheaf_bridge/lifeline.py"
};
static const unsigned char messages[] = {
#embed "../../bridges/python/sheaf_bridge/messages.py"
};
static const unsigned char pool[] = {
#embed "../../bridges/python/sheaf_bridge/pool.py"
};
static const unsigned char program[] = {
#embed "../../bridges/python/sheaf_bridge/program.py"
};
static const unsigned char ray_cluster[] = {
#embed "../../bridges/python/sheaf_bridge/ray_cluster.py"
};
static const unsigned char ray_engine[] = {
#embed "../../bridges/python/sheaf_bridge/ray_engine.py"
};
static const unsigned char ray_side[] = {
#embed "../../bridges/python/sheaf_bridge/ray_side.py"
};
static const unsigned char shipping[] = {
#embed "../../bridges/python/sheaf_bridge/shipping.py"
};
static const unsigned char sidecar[] = {
#embed "../../bridges/python/sheaf_bridge/sidecar.py"
};
static const unsigned char start[] = {
#embed "../../bridges/python/sheaf_bridge/start.py"
};

const struct sheaf_bridge_source sheaf_bridge_bootstrap = SOURCE("bootstrap", bootstrap);

static const struct sheaf_bridge_source modules[] = {
    SOURCE("sheaf_up", up),
    SOURCE("sheaf_bridge", package),
    SOURCE("sheaf_bridge.child", child),
    SOURCE("sheaf_bridge.dask_cluster", dask_cluster),
    SOURCE("sheaf_bridge.dask_engine", dask_engine),
    SOURCE("sheaf_bridge.dask_side", dask_side),
    SOURCE("sheaf_bridge.dask_watch", dask_watch),
    SOURCE("sheaf_bridge.engine", engine),
    SOURCE("sheaf_bridge.failures", failures),
    SOURCE("sheaf_bridge.frames", frames),
    SOURCE("sheaf_bridge.known", known),
    SOURCE("sheaf_bridge.lifeline", lifeline),
    SOURCE("sheaf_bridge.messages", messages),
    SOURCE("sheaf_bridge.pool", pool),
    SOURCE("sheaf_bridge.program", program),
    SOURCE("sheaf_bridge.ray_cluster", ray_cluster),
    SOURCE("sheaf_bridge.ray_engine", ray_engine),
    SOURCE("sheaf_bridge.ray_side", ray_side),
    SOURCE("sheaf_bridge.shipping", shipping),
    SOURCE("sheaf_bridge.sidecar", sidecar),
    SOURCE("sheaf_bridge.start", start),
    { 0, 0, 0 },
};

const struct sheaf_bridge_source *const sheaf_bridge_modules = modules;
