#!/usr/bin/python3
"""gstplay.py ELEMENT URL [SECONDS]: plays a manifest with GStreamer's playbin or
playbin3 into sinks that drop everything, as fast as it goes, after a seek to
SECONDS when given.

Prints one JSON document: the decoded frames of each kind, errors, and whether the
end was reached."""

import ctypes
import json
import sys

# GStreamer takes the libsoup that it finds loaded. It is version 2 here, since
# version 3.2 crashes in one of about 150 seeks, where it closes the stream of a
# download that the seek broke off.
ctypes.CDLL("libsoup-2.4.so.1", ctypes.RTLD_GLOBAL)

import gi

gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst

GST_PLAY_FLAG_VIDEO, GST_PLAY_FLAG_AUDIO = 1, 2
TIME_LIMIT = 120  # seconds


class Player:
    def __init__(self, element, url, seek):
        self.seek = seek
        self.counting = seek is None
        self.result = {"ended": False, "errors": [], "video": {"frames": 0}, "audio": {"frames": 0}}
        self.loop = GLib.MainLoop()
        self.bin = Gst.ElementFactory.make(element)
        self.bin.set_property("uri", url)
        self.bin.set_property("flags", GST_PLAY_FLAG_VIDEO | GST_PLAY_FLAG_AUDIO)
        for kind in ("video", "audio"):
            sink = Gst.ElementFactory.make("fakesink")
            sink.set_property("sync", False)
            sink.set_property("signal-handoffs", True)
            sink.connect("handoff", self.frame, kind)
            self.bin.set_property(kind + "-sink", sink)
        bus = self.bin.get_bus()
        bus.add_signal_watch()
        bus.connect("message", self.message)

    def frame(self, sink, buffer, pad, kind):
        if not self.counting or buffer.pts == Gst.CLOCK_TIME_NONE:
            return
        self.result[kind]["frames"] += 1

    def message(self, bus, message):
        if message.type == Gst.MessageType.ERROR:
            error, detail = message.parse_error()
            self.result["errors"].append("%s (%s)" % (error.message, detail))
            self.loop.quit()
        elif message.type == Gst.MessageType.EOS:
            self.result["ended"] = True
            self.loop.quit()
        elif message.type == Gst.MessageType.ASYNC_DONE and self.seek is not None and not self.counting:
            self.counting = True
            flags = Gst.SeekFlags.FLUSH | Gst.SeekFlags.KEY_UNIT
            if not self.bin.seek_simple(Gst.Format.TIME, flags, self.seek * Gst.SECOND):
                self.result["errors"].append("the seek was refused")
                self.loop.quit()
            self.bin.set_state(Gst.State.PLAYING)

    def late(self):
        self.result["errors"].append("not at the end after %d s" % TIME_LIMIT)
        self.loop.quit()

    def play(self):
        GLib.timeout_add_seconds(TIME_LIMIT, self.late)
        self.bin.set_state(Gst.State.PLAYING if self.seek is None else Gst.State.PAUSED)
        self.loop.run()
        self.bin.set_state(Gst.State.NULL)
        return self.result


Gst.init(None)
seconds = int(sys.argv[3]) if len(sys.argv) > 3 else None
print(json.dumps(Player(sys.argv[1], sys.argv[2], seconds).play()))
