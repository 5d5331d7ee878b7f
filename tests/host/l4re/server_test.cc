// SPDX-License-Identifier: MIT
/** Server bases and their clients: each request goes through both, in one UTCB. */
#include "servers.h"

#include <l4/re/util/event>
#include <l4/re/util/event_svr>
#include <l4/re/util/name_space_svr>
#include <l4/re/util/video/goos_fb>
#include <l4/re/util/video/goos_svr>

#include <cstring>
#include <linux/input-event-codes.h>
#include <string>
#include <utility>

namespace {

// ---- event codes --------------------------------------------------------------------------------

static_assert(L4RE_EV_SND == EV_SND && L4RE_SYN_DROPPED == SYN_DROPPED);
static_assert(L4RE_KEY_MICMUTE == KEY_MICMUTE && L4RE_KEY_KPDOT == KEY_KPDOT);
static_assert(L4RE_BTN_LEFT == BTN_LEFT && L4RE_BTN_GEAR_UP == BTN_GEAR_UP);
static_assert(L4RE_REL_HWHEEL == REL_HWHEEL && L4RE_ABS_MT_TOOL_Y == ABS_MT_TOOL_Y);
static_assert(L4RE_SW_LID == SW_LID && L4RE_MSC_TIMESTAMP == MSC_TIMESTAMP);
static_assert(L4RE_LED_CHARGING == LED_CHARGING && L4RE_REP_PERIOD == REP_PERIOD);

// ---- name spaces --------------------------------------------------------------------------------

struct Directory : L4::Epiface_t<Directory, L4Re::Namespace>,
                   L4Re::Util::Names::Name_space<Directory> {};

struct Name_space : Servers {
  Directory directory;
  L4::Cap<L4Re::Namespace> ns{Server};
  L4::Cap<void> slot{0x50000};
  L4::Ipc::Cap<void> object = L4::Ipc::make_cap_rws(L4::Cap<void>(0x60000));

  Name_space() { serve(&directory); }
  long query(char const *name)
  {
    l4_umword_t id;
    return ns->query(name, strlen(name), slot, L4Re::Namespace::To_non_blocking, &id, false);
  }
};

TEST_F(Name_space, registers_finds_and_unlinks)
{
  EXPECT_EQ(query("a"), -L4_ENOENT);
  EXPECT_EQ(ns->register_obj("a", object, L4Re::Namespace::Rw), 0);
  EXPECT_EQ(buffers.taken, 1U);
  EXPECT_EQ(query("a"), 0);
  EXPECT_EQ(ns->register_obj("a", object), -L4_EEXIST);
  EXPECT_EQ(ns->register_obj("a", object, L4Re::Namespace::Rw | L4Re::Namespace::Overwrite), 0);
  EXPECT_EQ(released.size(), 1U); // the slot of the old object
  EXPECT_EQ(ns->unlink("a"), 0);
  EXPECT_EQ(released.size(), 2U);
  EXPECT_EQ(ns->unlink("a"), -L4_ENOENT);
}

TEST_F(Name_space, resolves_one_component)
{
  ASSERT_EQ(ns->register_obj("dir", object), 0);
  EXPECT_EQ(query("dir/sub/file"), L4Re::Namespace::Partly_resolved);
  l4_umword_t const *const mr = l4_utcb_mr()->mr;
  EXPECT_EQ(mr[1], 8U);
  EXPECT_EQ(memcmp(&mr[2], "sub/file", 8), 0);
}

TEST_F(Name_space, announced_and_dead_objects)
{
  ASSERT_EQ(ns->register_obj("soon", L4::Ipc::Cap<void>()), 0);
  EXPECT_EQ(query("soon"), -L4_EAGAIN);
  EXPECT_EQ(ns->register_obj("soon", object), 0);
  EXPECT_EQ(query("soon"), 0);
  valid = 0;
  EXPECT_EQ(query("soon"), -L4_ENOENT); // and the name is forgotten
  valid = 1;
  EXPECT_EQ(query("soon"), -L4_ENOENT);
}

TEST_F(Name_space, names_of_the_server_stay)
{
  EXPECT_EQ(directory.add("fixed", L4::Cap<void>(0x99000), L4_CAP_FPAGE_RWS), 0);
  EXPECT_EQ(directory.add("fixed", L4::Cap<void>(0x99000), L4_CAP_FPAGE_RWS), -L4_EEXIST);
  valid = 0; // not asked for these
  EXPECT_EQ(query("fixed"), 0);
  EXPECT_EQ(ns->unlink("fixed"), -L4_EACCESS);
  EXPECT_EQ(ns->register_obj("fixed", object, L4Re::Namespace::Overwrite), -L4_EEXIST);
  ASSERT_NE(directory.find("fixed"), nullptr);
  EXPECT_EQ(directory.find("fixed")->rights(), +L4_CAP_FPAGE_RWS);
}

TEST_F(Name_space, refuses)
{
  EXPECT_EQ(ns->register_obj("", object), -L4_EINVAL);
  EXPECT_EQ(ns->register_obj("a/b", object), -L4_EINVAL);
  EXPECT_EQ(query(std::string(450, 'x').c_str()), -L4_ENAMETOOLONG);
  rights = 0;
  EXPECT_EQ(ns->register_obj("a", object), -L4_EPERM);
  EXPECT_EQ(ns->unlink("a"), -L4_EPERM);
  rights = L4_CAP_FPAGE_W;
  buffers.failing = true;
  EXPECT_EQ(ns->register_obj("a", object), -L4_EINVAL);
  EXPECT_EQ(query("a"), -L4_ENOENT);
}

// ---- events -------------------------------------------------------------------------------------

struct Keyboard : L4::Epiface_t<Keyboard, L4Re::Event>, L4Re::Util::Event_svr<Keyboard> {
  unsigned resets = 0;
  Keyboard() { _ds = L4::Cap<L4Re::Dataspace>(0x66000); }
  void press() { notify(); }
  void reset_event_buffer() { ++resets; }
  int get_num_streams() const { return 1; }
  int get_stream_info(int index, L4Re::Event_stream_info *info)
  {
    if (index != 0) return -L4_EINVAL;
    *info = {};
    info->stream_id = 9;
    info->set_keybit(L4RE_KEY_A, true);
    return 0;
  }
  int get_axis_info(l4_umword_t, unsigned n, unsigned const *axes, L4Re::Event_absinfo *out)
  {
    for (unsigned i = 0; i < n; ++i)
      out[i] = {0, 0, static_cast<l4_int32_t>(axes[i] * 100), 0, 0, 0};
    return 0;
  }
};

struct Events : Servers {
  Keyboard keyboard;
  L4::Cap<L4Re::Event> source{Server};
  Events() { serve(&keyboard); }
};

TEST_F(Events, descriptions)
{
  EXPECT_EQ(source->get_num_streams(), 1);
  L4Re::Event_stream_info info;
  EXPECT_EQ(source->get_stream_info(0, &info), 0);
  EXPECT_EQ(info.stream_id, 9U);
  EXPECT_TRUE(info.get_keybit(L4RE_KEY_A));
  EXPECT_FALSE(info.get_keybit(L4RE_KEY_B));
  EXPECT_EQ(source->get_stream_info(1, &info), -L4_EINVAL);
  EXPECT_EQ(source->get_stream_info_for_id(9, &info), -L4_ENOSYS);
  unsigned const axes[] = {2, 5, 1};
  L4Re::Event_absinfo infos[3];
  EXPECT_EQ(source->get_axis_info(9, 3, axes, infos), 0);
  EXPECT_EQ(infos[0].max, 200);
  EXPECT_EQ(infos[1].max, 500);
  EXPECT_EQ(infos[2].max, 100);
}

TEST_F(Events, a_client_gets_a_buffer_and_a_notification)
{
  auto handler = kernel.handler;
  kernel.handler = [&](Fake_kernel::Invocation const &call, l4_umword_t *label) {
    if (call.tag.label() == L4RE_PROTO_DATASPACE) { // its size
      l4_utcb_mr()->mr[0] = sizeof(memory);
      l4_utcb_mr()->mr[1] = L4_FPAGE_RW;
      return l4_msgtag(0, 2, 0, 0);
    }
    return handler(call, label);
  };
  {
    L4Re::Util::Event client;
    auto const bound = buffers.slot;
    ASSERT_EQ(client.init<L4::Irq>(source), 0);
    EXPECT_TRUE(client.irq().is_valid());
    EXPECT_EQ(keyboard.resets, 1U);

    kernel.log.clear();
    keyboard.press();
    ASSERT_EQ(kernel.log.size(), 1U);
    EXPECT_EQ(kernel.last().cap(), bound.cap()); // the interrupt that the client has bound

    L4Re::Event_buffer producer(memory, sizeof(memory));
    producer.reset();
    L4Re::Event_buffer::Event event{5, {L4RE_EV_KEY, L4RE_KEY_A, 1, 9}};
    EXPECT_TRUE(producer.put(event));
    auto *const seen = client.buffer().next();
    ASSERT_NE(seen, nullptr);
    EXPECT_EQ(seen->payload.code, +L4RE_KEY_A);
    EXPECT_EQ(client.buffer().next(), nullptr);
  }
  EXPECT_FALSE(released.empty()); // the slots of the client
  kernel.handler = handler;       // what ends now asks the kernel, too
}

TEST_F(Events, a_consumer_sees_each_event_once_and_frees_it)
{
  L4Re::Event_buffer producer(memory, sizeof(memory));
  producer.reset();
  unsigned put = 0, seen = 0;
  auto handler = kernel.handler;
  kernel.handler = [&](Fake_kernel::Invocation const &call, l4_umword_t *label) {
    if (call.tag.label() != L4RE_PROTO_DATASPACE) return handler(call, label);
    l4_utcb_mr()->mr[0] = sizeof(memory);
    l4_utcb_mr()->mr[1] = L4_FPAGE_RW;
    return l4_msgtag(0, 2, 0, 0);
  };
  L4Re::Util::Event_buffer_consumer consumer;
  ASSERT_EQ(consumer.attach(L4::Cap<L4Re::Dataspace>(0x66000), L4::Cap<L4Re::Rm>(Region_map)), 0);
  EXPECT_EQ(consumer.buf(), memory);
  for (unsigned round = 0; round < 5; ++round) {
    for (L4Re::Event_buffer::Event e{1, {}}; producer.put(e); ++put)
      e.payload.value = static_cast<l4_int32_t>(put + 1);
    consumer.foreach_available_event(
        [&](L4Re::Event_buffer::Event *, unsigned *count) { ++*count; }, &seen);
    EXPECT_EQ(seen, put);
  }
  EXPECT_EQ(put, 5 * (sizeof(memory) / sizeof(L4Re::Event_buffer::Event)));
  EXPECT_EQ(consumer.detach(L4::Cap<L4Re::Rm>(Region_map)), 0);
  EXPECT_EQ(consumer.next(), nullptr);
  kernel.handler = handler;
}

// ---- screens ------------------------------------------------------------------------------------

struct Screen : L4::Epiface_t<Screen, L4Re::Video::Goos>, L4Re::Util::Video::Goos_svr {
  int refreshed = 0;
  Screen()
  {
    _fb_ds = L4::Cap<L4Re::Dataspace>(0x66000);
    _screen_info.width = 640;
    _screen_info.height = 480;
    _screen_info.pixel_info = L4Re::Video::Pixel_info(4, 8, 16, 8, 8, 8, 0);
    init_infos();
  }
  int refresh(int x, int y, int w, int h) override
  {
    refreshed = x + y + w + h;
    return 0;
  }
};

struct Screens : Servers {
  Screen screen;
  L4::Cap<L4Re::Video::Goos> goos{Server};
  Screens() { serve(&screen); }
};

TEST_F(Screens, a_frame_buffer_is_the_first_view)
{
  L4Re::Util::Video::Goos_fb fb;
  ASSERT_EQ(fb.init(goos), 0);
  L4Re::Video::View::Info info;
  EXPECT_EQ(fb.view_info(&info), 0);
  EXPECT_EQ(info.width, 640U);
  EXPECT_EQ(info.bytes_per_line, 2560U);
  EXPECT_EQ(info.pixel_info.bits_per_pixel(), 24);
  EXPECT_EQ(fb.refresh(1, 2, 3, 4), 0);
  EXPECT_EQ(screen.refreshed, 10);
  EXPECT_TRUE(fb.buffer().is_valid());
  EXPECT_EQ(fb.goos().cap(), Server);
}

TEST_F(Screens, refusals)
{
  L4Re::Video::View view;
  EXPECT_EQ(goos->create_view(&view), -L4_ENOSYS);
  EXPECT_FALSE(view.valid());
  EXPECT_EQ(goos->get_static_buffer(1, L4::Cap<L4Re::Dataspace>(0x1000)), -L4_ERANGE);
  L4Re::Video::View::Info info;
  EXPECT_EQ(goos->view(1).info(&info), -L4_ERANGE);
  L4Re::Util::Video::Goos_fb fb;
  EXPECT_EQ(fb.init("no such name"), -L4_ENOENT);
}

} // namespace
