// SPDX-License-Identifier: BSD-3-Clause
#include "config/setting_options.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "base/setup_error.hpp"

namespace weir::config {

using base::SetupError;

void add_option(CLI::App& app, const Setting& setting, Values& values) {
    if (setting.type == ValueType::kFlag) {
        app.add_flag_callback(
            "--" + std::string(setting.name), [&given = values[setting.name]] { given = {"on"}; },
            std::string(setting.description));
        return;
    }
    app.add_option("--" + std::string(setting.name), values[setting.name],
                   std::string(setting.description))
        ->type_name(std::string(setting.value_name))
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
        ->expected(1);
}

void apply_given(const Setting& setting, const std::vector<std::string>& given, Options& options) {
    if (given.empty()) return;
    // What the file says of a setting that can have several values is replaced, not added to.
    if (setting.list != nullptr) (options.*setting.list).clear();
    if (setting.list == nullptr && given.size() > 1) {
        throw SetupError("use", fmt::format("--{}", setting.name), "it is given more than once",
                         "leave all but one of them away");
    }
    for (const std::string& value : given) {
        try {
            setting.apply(options, value);
        } catch (const std::invalid_argument& expected) {
            throw SetupError("use", fmt::format("--{} '{}'", setting.name, value),
                             "it cannot have this value",
                             fmt::format("expected {}", expected.what()));
        }
    }
}

}  // namespace weir::config
