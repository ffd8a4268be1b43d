// Owners: order of closing, moves, adoption, and what happens when the library refuses to close.
#include "small_session.hpp"

namespace {

// True if the library knows the object: a key that was closed is refused.
bool is_open(spk_model *object) { return spk_model_check(object) != SPK_ERROR_HANDLE; }
bool is_open(spk_session *object) {
  std::uint32_t count = 0;
  return spk_session_pending(object, &count) == SPK_OK;
}

struct logged {
  void operator()(std::uint32_t level, const char *message) {
    errors += level == SPK_LOG_ERROR ? 1U : 0U;
    if (level == SPK_LOG_ERROR) std::snprintf(last, sizeof last, "%s", message);
  }
  std::uint32_t errors = 0;
  char last[512] = "";
};

void a_scope_closes_children_before_parents() {
  logged log;
  spk_session *session = nullptr;
  spk_model *model = nullptr;
  {
    small::setup one(spikelet::context_options(log));
    session = one.session.get();
    model = one.model.get();
    CHECK(is_open(session) && is_open(model));
  }
  CHECK(!is_open(session) && !is_open(model));
  CHECK(log.errors == 0);
  if (log.errors > 0) std::printf("logged: %s\n", log.last);
}

void a_parent_that_goes_first_stays_open_and_is_logged() {
  logged log;
  spikelet::model model;
  spk_context *object = nullptr;
  {
    spikelet::context context = *spikelet::context::try_create(spikelet::context_options(log));
    model = *spikelet::model::try_create(context, "orphan");
    object = context.get();
  }
  CHECK(log.errors == 1 && is_open(model.get()));
  spikelet::context again(object);
  CHECK(again.try_close().status() == SPK_ERROR_BUSY && again.get() == object);
  CHECK(model.try_close().has_value() && !model);
  CHECK(again.try_close().has_value() && !again);
}

void moves_leave_nothing_behind() {
  small::setup one;
  spk_model *const object = one.model.get();
  spikelet::model second(std::move(one.model));
  CHECK(!one.model && one.model.get() == nullptr && second.get() == object && is_open(object));

  spikelet::model third;
  third = std::move(second);
  CHECK(!second && third.get() == object && is_open(object));

  spikelet::model &same = third;
  third = std::move(same);
  CHECK(third.get() == object && is_open(object));

  spikelet::model other = small::network(one.context);
  spk_model *const closed = other.get();
  other = std::move(third);
  CHECK(other.get() == object && is_open(object) && !is_open(closed));
  other = spikelet::model();
  CHECK(!other && !is_open(object));
}

void what_was_moved_from_is_refused_and_can_be_used_again() {
  small::setup one;
  spikelet::session taken(std::move(one.session));
  REFUSED(nullptr, SPK_ERROR_HANDLE, "", one.session.try_run(spikelet::run_options()).status());
  REFUSED(nullptr, SPK_ERROR_HANDLE, "", one.session.try_pending().status());
  CHECK(one.session.try_close().has_value());
  one.session.reset();
  one.session = std::move(taken);
  CHECK(one.session.try_run(spikelet::run_options()).has_value());
}

void objects_pass_between_c_and_cpp() {
  small::setup one;
  spk_model *object = nullptr;
  OK(nullptr, spk_model_create(one.context.get(), "from C", &object));
  spikelet::model adopted(object);
  CHECK(adopted.try_counts()->populations == 0);
  CHECK(adopted.release() == object && !adopted && is_open(object));
  OK(nullptr, spk_model_close(object));
  adopted.reset(object);
  CHECK(adopted.try_close().status() == SPK_ERROR_HANDLE && adopted.get() == object);
}

void reset_closes_what_was_there() {
  small::setup one;
  spk_model *const first = one.model.get();
  one.model.reset(small::network(one.context).release());
  CHECK(!is_open(first) && is_open(one.model.get()));
  one.model.reset();
  CHECK(!one.model);
}

}  // namespace

int main() {
  a_scope_closes_children_before_parents();
  a_parent_that_goes_first_stays_open_and_is_logged();
  moves_leave_nothing_behind();
  what_was_moved_from_is_refused_and_can_be_used_again();
  objects_pass_between_c_and_cpp();
  reset_closes_what_was_there();
  return check_tally();
}
