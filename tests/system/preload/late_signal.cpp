// SPDX-License-Identifier: BSD-3-Clause
// A library to be preloaded: signals come while the process ends, after all it had to say.
#include <csignal>
#include <initializer_list>

namespace {

struct AtTheEnd {
    ~AtTheEnd() {
        for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) std::raise(signal);
    }
} at_the_end;

}  // namespace
