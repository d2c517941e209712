// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// Computes for some seconds while Pyroscope's Go client profiles it: sdk URL SECONDS.
package main

import (
	"log"
	"os"
	"strconv"
	"time"

	"github.com/grafana/pyroscope-go"
)

var kept [][]byte

//go:noinline
func spinGo(until time.Time) int {
	total := 0
	for time.Now().Before(until) {
		for i := 0; i < 100000; i++ {
			total = (total*31 + i) % 1000003
		}
	}
	return total
}

//go:noinline
func allocateGo() {
	kept = append(kept, make([]byte, 1<<20))
	if len(kept) > 16 {
		kept = nil
	}
}

func main() {
	seconds, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	profiler, err := pyroscope.Start(pyroscope.Config{
		ApplicationName: "sdk.go",
		ServerAddress:   os.Args[1],
		Tags:            map[string]string{"zone": "z1"},
		UploadRate:      5 * time.Second,
		Logger:          pyroscope.StandardLogger,
	})
	if err != nil {
		log.Fatal(err)
	}
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	for time.Now().Before(end) {
		allocateGo()
		spinGo(time.Now().Add(20 * time.Millisecond))
	}
	if err := profiler.Stop(); err != nil {
		log.Fatal(err)
	}
}
