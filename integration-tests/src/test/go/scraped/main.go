// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// A program as it is scraped everywhere: work, and net/http/pprof on a port of its own, which it prints.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	_ "net/http/pprof"
	"runtime"
	"sync"
	"time"
)

var (
	mutex sync.Mutex
	kept  [][]byte
)

//go:noinline
func burnCPU(n int) (sum int) {
	for i := 0; i < n; i++ {
		sum += i * i % 7
	}
	return sum
}

//go:noinline
func keepMemory() {
	mutex.Lock()
	defer mutex.Unlock()
	kept = append(kept, make([]byte, 64<<10))
	if len(kept) > 200 {
		kept = kept[100:]
	}
	time.Sleep(time.Millisecond)
}

func main() {
	runtime.MemProfileRate = 4 << 10
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	for i := 0; i < 2; i++ {
		go func() {
			for {
				burnCPU(2_000_000)
				keepMemory()
			}
		}()
	}
	log.Fatal(http.Serve(listener, nil))
}
