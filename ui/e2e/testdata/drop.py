#!/usr/bin/env python3
"""Drops files on a window as a file manager does: the source's side of XDND 5.

usage: drop.py WINDOW X Y PATH...   (X and Y inside the window)
"""
import os
import sys
import time
from urllib.parse import quote

from Xlib import X, display
from Xlib.protocol import event

PATIENCE = 15  # seconds


def main(window, x, y, paths):
    uris = "".join("file://%s\r\n" % quote(os.path.abspath(p)) for p in paths).encode()
    screen = display.Display()
    root = screen.screen().root
    atom = screen.intern_atom
    source = root.create_window(0, 0, 1, 1, 0, screen.screen().root_depth)
    source.set_selection_owner(atom("XdndSelection"), X.CurrentTime)
    target = screen.create_resource_object("window", window)

    def tell(kind, *data):
        message = event.ClientMessage(window=target, client_type=atom(kind), data=(32, [source.id, *data]))
        target.send_event(message, event_mask=0)
        screen.flush()

    place = root.translate_coords(target, 0, 0)
    tell("XdndEnter", 5 << 24, atom("text/uri-list"), 0, 0)
    tell("XdndPosition", 0, (place.x + x) << 16 | (place.y + y), X.CurrentTime, atom("XdndActionCopy"))
    dropped = False
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if not screen.pending_events():
            time.sleep(0.005)
            continue
        e = screen.next_event()
        if e.type == X.SelectionRequest:
            e.requestor.change_property(e.property, e.target, 8, uris)
            e.requestor.send_event(event.SelectionNotify(
                time=e.time, requestor=e.requestor, selection=e.selection, target=e.target, property=e.property))
            screen.flush()
        elif e.type == X.ClientMessage and screen.get_atom_name(e.client_type) == "XdndStatus" and not dropped:
            dropped = True
            tell("XdndDrop", 0, X.CurrentTime, 0, 0)
        elif e.type == X.ClientMessage and screen.get_atom_name(e.client_type) == "XdndFinished":
            return 0
    print("the window did not finish the drop", file=sys.stderr)
    return 1


sys.exit(main(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]))
