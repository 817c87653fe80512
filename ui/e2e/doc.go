// Package e2e holds the flows through the whole program: its window on a
// screen of its own (Xvfb with openbox), driven with keys and real drops,
// judged by the clipboard, by HTTP and by what the window says of its state
// when it is built with the tag e2e.
package e2e
