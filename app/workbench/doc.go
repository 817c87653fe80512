// Package workbench is the window without its pixels: what is open, what was
// chosen, what the panes show. It knows no toolkit.
//
//	            ┌──────────── Dispatch(Action) ◀── choices of the user
//	            ▼                        ▲
//	State ─▶ Reduce ─▶ State ─▶ follow: the work that the new state asks for
//	            │                        │  (answers of Engine.Do, files, the server)
//	            ▼                        │
//	         Changed ─▶ the window       └─▶ Dispatch(Action) with what came out
//
//	state.go     the snapshot; choice.go what Undo takes back
//	reduce.go    Reduce, and the actions on the whole; assets.go and panes.go theirs
//	workbench.go the store, and the work that follows a change
//	open.go      assets: open, close, read again; job.go work that takes time
//	address.go   URLs that are pasted, and those in playlists
//	filters.go   filters of an asset and what they leave of it; draft.go the one that
//	             is edited, savefilter.go keeps it
//	render.go    what a pane shows, and which lines of it changed
//	protection.go how what is shown is encrypted
//	documents.go policies, locators and the endpoint as text
//	server.go    the life of the server
//	watch.go     files that change on disk
//	settings.go  what is remembered; instance.go one window for each data directory
//	crash.go     what a crash leaves behind, and the log file
package workbench
