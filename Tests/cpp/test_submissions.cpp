// Submissions, completions, watched boards and the log, by functions, by handlers and by the queue.
#include <poll.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>

#include "small_session.hpp"

namespace {

using namespace std::chrono_literals;

// Counts completions, and keeps what the last one said.
struct counter {
  void operator()(const spk_completion &completion) {
    spikes += completion.event_count;
    values += completion.probe_count;
    best = completion.best;
    cancelled += spikelet::status(completion) == SPK_ERROR_CANCELLED ? 1U : 0U;
    said_why = spikelet::outcome(completion).message[0] != 0;
    count++;
  }
  std::atomic<std::uint32_t> count{0}, cancelled{0}, best{0};
  std::atomic<std::size_t> spikes{0}, values{0};
  std::atomic<bool> said_why{false};
};

void a_handler_is_called_and_results_are_written() {
  counter told;
  small::setup one;
  const std::uint32_t probe = one.session.add_probe(small::output, SPK_MEMBRANE, 0, 3);
  spk_event events[4] = {};
  std::vector<std::int32_t> values(24);
  const std::uint64_t ticket =
      one.session.submit(spikelet::run_options(8), small::spikes(), spikelet::submission(told, events, values, probe));
  CHECK(ticket >= 1);
  one.session.drain(5s);
  CHECK(told.count == 1 && told.spikes == 3 && told.values == 24 && !told.said_why);
  CHECK(events[1].neuron == 1 && one.session.pending() == 0);
  CHECK(*std::max_element(values.begin(), values.end()) == 50);
}

void functions_and_handlers_of_every_sort_are_called() {
  small::setup one;
  std::atomic<std::uint32_t> called{0};
  const auto function = [](const spk_completion *completion) {
    ++*static_cast<std::atomic<std::uint32_t> *>(completion->user);
  };
  const auto constant = [&called](const spk_completion &) { ++called; };
  auto changes = [&called, calls = 0](const spk_completion &) mutable { called += static_cast<unsigned>(++calls); };
  one.session.submit(spikelet::run_options(), {}, spikelet::submission(function, &called));
  one.session.submit(spikelet::run_options(), {}, spikelet::submission(constant));
  one.session.submit(spikelet::run_options(), {}, spikelet::submission(changes));
  one.session.submit(spikelet::run_options(), {}, spikelet::submission(changes));
  one.session.drain(5s);
  CHECK(called == 1 + 1 + 1 + 2);
}

// Shows the next image from inside the completion of the last one.
struct relay {
  void operator()(const spk_completion &completion) {
    answers[shown] = completion.best;
    if (spikelet::status(completion) != SPK_OK || ++shown == answers.size()) return;
    show();
  }
  void show() {
    image = {{0, 0, 0}};
    image[shown % 3] = 255;
    failed = failed || !session->try_submit(spikelet::presentation(image), spikelet::submission(*this));
  }
  spikelet::session *session = nullptr;
  std::array<std::uint8_t, 3> image = {};
  std::array<std::uint32_t, 9> answers = {};
  std::size_t shown = 0;
  bool failed = false;
};

void a_handler_submits_the_next_one() {
  relay course;
  small::setup one;
  course.session = &one.session;
  course.show();
  one.session.drain(5s);
  CHECK(course.shown == 9 && !course.failed);
  for (std::uint32_t i = 0; i < 9; i++) CHECK(course.answers[i] == i % 3);
}

void completions_are_taken_in_their_order() {
  small::setup one;
  const std::uint8_t image[] = {0, 0, 255};
  std::uint32_t counts[3] = {};
  spk_scores scores = spikelet::scores(counts);
  int mark = 0;
  const std::uint64_t first = one.session.submit(spikelet::run_options(8), small::spikes());
  const std::uint64_t second =
      one.session.submit(spikelet::presentation(image), scores, spikelet::submission(nullptr, &mark));
  const auto one_done = one.context.next_completion(5s), two_done = one.context.next_completion(5s);
  CHECK(one_done && one_done->ticket == first && one_done->session == one.session.get() && one_done->ticks == 8);
  CHECK(two_done && two_done->ticket == second && two_done->user == &mark && two_done->best == 2 && counts[2] > 0);
  CHECK(!one.context.next_completion(0ms) && one.context.try_next_completion(0ms).status() == SPK_ERROR_TIMEOUT);
  spikelet::check(*one_done);
}

void a_context_without_threads_processes() {
  counter told;
  spk_context_options options = spikelet::context_options();
  options.flags = spikelet::no_threads;
  small::setup one(options);
  struct pollfd ready = {one.context.descriptor(), POLLIN, 0};
  one.session.submit(spikelet::run_options(8), small::spikes(), spikelet::submission(told));
  CHECK(told.count == 0 && poll(&ready, 1, 5000) == 1);
  std::uint32_t handled = 0;
  while (handled == 0) handled = one.context.process(1s);
  CHECK(handled == 1 && told.count == 1 && one.session.pending() == 0);
}

void a_cancelled_submission_says_so() {
  counter told;
  small::setup one;
  const std::uint64_t ticket = one.session.submit(spikelet::run_options(65536), {}, spikelet::submission(told));
  one.session.submit(spikelet::run_options(65536));
  one.session.try_cancel(ticket).value();
  one.session.cancel();
  one.session.drain(5s);
  CHECK(told.count == 1 && told.cancelled == 1 && told.said_why);
  const auto waited = one.context.next_completion(0ms);
  CHECK(waited && spikelet::status(*waited) == SPK_ERROR_CANCELLED);
  try {
    spikelet::check(*waited);
    check_that(0, __FILE__, __LINE__, "an error was expected");
  } catch (const spikelet::error &problem) {
    CHECK(problem.status() == SPK_ERROR_CANCELLED);
  }
  CHECK(one.session.try_cancel(ticket).status() == SPK_ERROR_NOT_FOUND);
}

void a_session_with_work_on_its_way_cannot_be_closed_but_destroyed(std::uint32_t flags) {
  counter told;
  spk_context_options options = spikelet::context_options();
  options.flags = flags;
  auto started = std::chrono::steady_clock::now();
  {
    small::setup one(options);
    std::vector<spk_event> events(1000);
    for (int i = 0; i < 8; i++)
      one.session.submit(spikelet::run_options(65536), {}, spikelet::submission(told, events));
    spikelet::result<std::uint64_t> last(SPK_OK, 0);
    while (last) last = one.session.try_submit(spikelet::run_options(65536));
    CHECK(last.status() == SPK_ERROR_FULL);
    CHECK(one.session.try_close().status() == SPK_ERROR_BUSY && one.session);
    one.session.reset();
    CHECK(told.count == 8 && told.cancelled > 0);
    CHECK(one.device.try_close() && one.model.try_close() && one.context.try_close());
  }
  CHECK(std::chrono::steady_clock::now() - started < 5s);
}

// A session that its own handler destroys can neither wait for that handler nor close.
void a_session_that_is_destroyed_in_its_callback_stays_open() {
  spikelet::session *session = nullptr;
  std::atomic<spk_session *> left{nullptr};
  auto destroys = [&](const spk_completion &completion) {
    session->reset();
    left = completion.session;
  };
  small::setup one;
  session = &one.session;
  spk_session *const object = one.session.get();
  one.session.submit(spikelet::run_options(), {}, spikelet::submission(destroys));
  while (left == nullptr) std::this_thread::yield();
  CHECK(left == object && !one.session);
  one.session.reset(object);
  one.session.drain(5s);
  CHECK(one.session.try_close().has_value());
}

struct watcher {
  void operator()(const char *locator, bool is_present) {
    matches = std::strcmp(locator, "unix:/nowhere/board") == 0;
    present = is_present;
    calls++;
  }
  std::atomic<std::uint32_t> calls{0};
  std::atomic<bool> matches{false}, present{true};
};

void boards_are_watched() {
  watcher seen;
  spk_context_options options = spikelet::context_options();
  options.flags = spikelet::no_threads;
  spikelet::context context = spikelet::context::create(options);
  context.watch("unix:/nowhere/board", seen);
  context.watch(std::string("unix:/nowhere/other"));
  for (int i = 0; i < 50 && seen.calls == 0; i++) context.process(100ms);
  CHECK(seen.calls == 1 && seen.matches && !seen.present && context.boards().size() == 3);
  context.unwatch("unix:/nowhere/board");
  context.unwatch("unix:/nowhere/other");
  CHECK(context.try_unwatch("unix:/nowhere/other").status() == SPK_ERROR_NOT_FOUND && context.boards().size() == 1);
  std::uint32_t calls = 0;
  context.watch("unix:/nowhere/board",
                [](void *user, const char *, std::uint32_t) { ++*static_cast<std::uint32_t *>(user); }, &calls);
  for (int i = 0; i < 50 && calls == 0; i++) context.process(100ms);
  CHECK(calls == 1);
}

void failed_calls_are_logged() {
  std::string last;
  std::mutex mutex;
  auto log = [&](std::uint32_t level, const char *message) {
    const std::lock_guard<std::mutex> lock(mutex);
    last = std::to_string(level) + ": " + message;
  };
  spikelet::context context = spikelet::context::create(spikelet::context_options(log));
  spikelet::model model = spikelet::model::create(context, "logged");
  CHECK(!model.try_find_population("nowhere"));
  CHECK(last.find("0: ") == 0 && last.find("nowhere") != std::string::npos);
}

}  // namespace

int main() {
  try {
    a_handler_is_called_and_results_are_written();
    functions_and_handlers_of_every_sort_are_called();
    a_handler_submits_the_next_one();
    completions_are_taken_in_their_order();
    a_context_without_threads_processes();
    a_cancelled_submission_says_so();
    a_session_with_work_on_its_way_cannot_be_closed_but_destroyed(0);
    a_session_with_work_on_its_way_cannot_be_closed_but_destroyed(spikelet::no_threads);
    a_session_that_is_destroyed_in_its_callback_stays_open();
    boards_are_watched();
    failed_calls_are_logged();
  } catch (const std::exception &problem) {
    std::printf("not expected: %s\n", problem.what());
    return 1;
  }
  return check_tally();
}
