// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// Allocates what it is told to, and counts it; serves its heap profile, and pushes it when told to: allocating ADDRESS.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"net"
	"net/http"
	_ "net/http/pprof"
	"os"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"sync/atomic"

	_ "github.com/grafana/pyroscope-go/godeltaprof/http/pprof"
)

// Both are sizes that the allocator has, so what the profile says is what was asked for.
const (
	cartBytes   = 1 << 10
	searchBytes = 64 << 10
)

var (
	sink                        []byte
	cartObjects, searchObjects  atomic.Int64
	cumulativeReads, deltaReads atomic.Int64
)

//go:noinline
func allocate(objects, size int) {
	for i := 0; i < objects; i++ {
		sink = make([]byte, size)
	}
}

//go:noinline
func cart(objects int) {
	allocate(objects, cartBytes)
	cartObjects.Add(int64(objects))
}

//go:noinline
func search(objects int) {
	allocate(objects, searchBytes)
	searchObjects.Add(int64(objects))
}

func number(request *http.Request, name string) int {
	value, err := strconv.Atoi(request.FormValue(name))
	if err != nil {
		panic(err)
	}
	return value
}

// Allocates, and answers only when profiles have it: they tell what was so at the last garbage collection.
func work(_ http.ResponseWriter, request *http.Request) {
	cart(number(request, "cart"))
	search(number(request, "search"))
	runtime.GC()
}

// What was allocated since the start: objects and bytes of cart, objects and bytes of search.
func allocated(response http.ResponseWriter, _ *http.Request) {
	carts, searches := cartObjects.Load(), searchObjects.Load()
	fmt.Fprintln(response, carts, carts*cartBytes, searches, searches*searchBytes)
}

// How often the cumulative profile and the delta profile were read to the end.
func reads(response http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(response, cumulativeReads.Load(), deltaReads.Load())
}

// Pushes the cumulative profile. The form has the URL, the tenant, and labels.
func push(response http.ResponseWriter, request *http.Request) {
	var profile bytes.Buffer
	if err := pprof.Lookup("allocs").WriteTo(&profile, 0); err != nil {
		panic(err)
	}
	labels := []map[string]string{}
	for name, values := range request.URL.Query() {
		if name != "url" && name != "tenant" {
			labels = append(labels, map[string]string{"name": name, "value": values[0]})
		}
	}
	body, err := json.Marshal(map[string]any{"series": []any{map[string]any{
		"labels":  labels,
		"samples": []any{map[string]any{"rawProfile": profile.Bytes()}},
	}}})
	if err != nil {
		panic(err)
	}
	pushed, err := http.NewRequest("POST", request.FormValue("url"), bytes.NewReader(body))
	if err != nil {
		panic(err)
	}
	pushed.Header.Set("Content-Type", "application/json")
	pushed.Header.Set("X-Scope-OrgID", request.FormValue("tenant"))
	answer, err := http.DefaultClient.Do(pushed)
	if err != nil {
		panic(err)
	}
	answer.Body.Close()
	response.WriteHeader(answer.StatusCode)
}

func countReads(response http.ResponseWriter, request *http.Request) {
	http.DefaultServeMux.ServeHTTP(response, request)
	switch request.URL.Path {
	case "/debug/pprof/allocs":
		cumulativeReads.Add(1)
	case "/debug/pprof/delta_heap":
		deltaReads.Add(1)
	}
}

func main() {
	// Every allocation is in the profile, none is estimated.
	runtime.MemProfileRate = 1
	// A collection that an allocation starts allocates too, at the same stack.
	debug.SetGCPercent(-1)
	listener, err := net.Listen("tcp", os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("POST /work", work)
	http.HandleFunc("GET /allocated", allocated)
	http.HandleFunc("GET /reads", reads)
	http.HandleFunc("POST /push", push)
	fmt.Println("ready")
	log.Fatal(http.Serve(listener, http.HandlerFunc(countReads)))
}
