// Command bench measures Manifold against nginx sending the same bytes as
// ready files, and prints one table. Machines differ from hour to hour, so
// every figure is a ratio of CPU seconds of two servers that were measured in
// turn, on the same processor, in the same minute: 1.00 is as cheap as sending
// a file, more is better.
//
//	go run ./.ci/bench [-pairs 7] [-seconds 4] [-dir .build/bench] MANIFOLD [ROW ...]
//
// A ROW is a part of a name in rows.go; "whole" is what is no ratio: fresh
// processes, long assets, memory.
//
// It needs nginx and, to make the media the first time, ffmpeg; two processors:
// 0 for the servers, 1 for the load.
//
//	media.go   the test set
//	server.go  the two servers
//	load.go    requests, and the CPU seconds that they cost
//	rows.go    what is measured, and what is aimed at
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	log.SetFlags(0)
	pairs := flag.Int("pairs", 7, "measurements of each server, in turn")
	seconds := flag.Float64("seconds", 4, "length of one measurement")
	dir := flag.String("dir", ".build/bench", "where the test set is kept")
	flag.Parse()
	if flag.NArg() == 0 {
		log.Fatal("bench: name the program to measure")
	}
	if err := run(*dir, flag.Arg(0), flag.Args()[1:], *pairs, time.Duration(*seconds*float64(time.Second))); err != nil {
		log.Fatal("bench: ", err)
	}
}

func run(dir, program string, wanted []string, pairs int, each time.Duration) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := makeMedia(dir); err != nil {
		return err
	}
	ours, err := startManifold(program, dir, folders)
	if err != nil {
		return err
	}
	defer ours.stop()
	fmt.Printf("%s, load %s, %d pairs of %v, medians\n\n", time.Now().Format("2006-01-02 15:04"), loadAverage(), pairs, each)
	fmt.Printf("%-38s %7s %6s %6s  %10s %10s %8s %8s\n", "row", "ratio", "goal", "peer", "ours s/GB", "static", "faults", "first ms")
	for _, r := range rows {
		if len(wanted) > 0 && !slices.ContainsFunc(wanted, func(w string) bool { return strings.Contains(r.name, w) }) {
			continue
		}
		m, err := r.measure(ours, dir, pairs, each)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		fmt.Printf("%-38s %7.2f %6s %6s  %10.3f %10.3f %8.1f %8.2f\n", r.name, m.ratio, r.goal, r.peer, m.ours, m.static, m.faults, m.first)
	}
	if len(wanted) > 0 && !slices.Contains(wanted, "whole") {
		return nil
	}
	return whole(dir, ours)
}

func loadAverage() string {
	b, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Fields(string(b))[0]
}
