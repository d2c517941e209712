// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// Otlp exports profiles with OpenTelemetry's own Go modules. It is built twice, with go.mod (opentelemetry-proto 1.10) and
// with go-1.9.mod: between them the layout of samples changed, their names in Go did not. OtlpExporterITCase runs it.
package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/profiles/v1development"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	profiles "go.opentelemetry.io/proto/otlp/profiles/v1development"
	resource "go.opentelemetry.io/proto/otlp/resource/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/encoding/gzip"
	"google.golang.org/protobuf/proto"
)

var (
	address  = flag.String("address", "localhost:4040", "host and port of the server")
	protocol = flag.String("protocol", "grpc", "grpc or http")
	service  = flag.String("service", "shop", "service.name")
	traceID  = flag.String("trace-id", "", "trace id of the linked sample")
	spanID   = flag.String("span-id", "", "span id of the linked sample")
	id       = flag.String("profile-id", "", "id of the CPU profile")
)

func main() {
	flag.Parse()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	send := exportHTTP
	if *protocol == "grpc" {
		send = exportGRPC
	}

	response, err := send(ctx, request())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}

	fmt.Println(response.GetPartialSuccess().GetRejectedProfiles())
}

func exportGRPC(
	ctx context.Context, request *collector.ExportProfilesServiceRequest,
) (*collector.ExportProfilesServiceResponse, error) {
	connection, err := grpc.NewClient(*address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, err
	}
	defer connection.Close()
	return collector.NewProfilesServiceClient(connection).Export(ctx, request, grpc.UseCompressor("gzip"))
}

func exportHTTP(
	ctx context.Context, request *collector.ExportProfilesServiceRequest,
) (*collector.ExportProfilesServiceResponse, error) {
	message, err := proto.Marshal(request)
	if err != nil {
		return nil, err
	}

	var body bytes.Buffer
	writer := gzip.NewWriter(&body)
	if _, err := writer.Write(message); err != nil {
		return nil, err
	}

	if err := writer.Close(); err != nil {
		return nil, err
	}

	url := "http://" + *address + "/v1development/profiles"
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, url, &body)
	if err != nil {
		return nil, err
	}

	post.Header.Set("Content-Type", "application/x-protobuf")
	post.Header.Set("Content-Encoding", "gzip")
	answer, err := http.DefaultClient.Do(post)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	bytes, err := io.ReadAll(answer.Body)
	if err != nil {
		return nil, err
	}

	if answer.StatusCode != http.StatusOK {
		return nil, errors.New(answer.Status + ": " + string(bytes))
	}

	response := &collector.ExportProfilesServiceResponse{}
	return response, proto.Unmarshal(bytes, response)
}

// What an eBPF profiler sends: samples of the CPU as times, and one profile of time off the CPU.
func request() *collector.ExportProfilesServiceRequest {
	now := uint64(time.Now().UnixNano())
	dictionary := &profiles.ProfilesDictionary{
		StringTable: []string{
			"", "samples", "count", "cpu", "nanoseconds", "off_cpu", "main", "work", "wait", "main.go", "thread.name",
			"/usr/lib/libshop.so", "process.executable.build_id.gnu",
		},
		FunctionTable: []*profiles.Function{
			{}, {NameStrindex: 6, FilenameStrindex: 9}, {NameStrindex: 7, FilenameStrindex: 9},
			{NameStrindex: 8, FilenameStrindex: 9},
		},
		AttributeTable: []*profiles.KeyValueAndUnit{
			{}, {KeyStrindex: 10, Value: text("worker")}, {KeyStrindex: 12, Value: text("c0ffee")},
		},
		MappingTable: []*profiles.Mapping{
			{}, {MemoryStart: 0x1000, MemoryLimit: 0x9000, FilenameStrindex: 11, AttributeIndices: []int32{2}},
		},
		LocationTable: []*profiles.Location{
			{},
			{Lines: []*profiles.Line{{FunctionIndex: 1, Line: 10}}},
			{Lines: []*profiles.Line{{FunctionIndex: 2, Line: 20}}},
			{Lines: []*profiles.Line{{FunctionIndex: 3, Line: 30}}},
			{MappingIndex: 1, Address: 0x1234},
		},
		StackTable: []*profiles.Stack{
			{}, {LocationIndices: []int32{2, 1}}, {LocationIndices: []int32{4, 2, 1}}, {LocationIndices: []int32{3, 1}},
		},
		LinkTable: []*profiles.Link{{}, {TraceId: decode(*traceID), SpanId: decode(*spanID)}},
	}
	cpu := &profiles.Profile{
		SampleType:   &profiles.ValueType{TypeStrindex: 1, UnitStrindex: 2},
		PeriodType:   &profiles.ValueType{TypeStrindex: 3, UnitStrindex: 4},
		Period:       50_000_000,
		TimeUnixNano: now,
		DurationNano: uint64(5 * time.Second),
		ProfileId:    decode(*id),
		Samples: []*profiles.Sample{
			{StackIndex: 1, AttributeIndices: []int32{1}, TimestampsUnixNano: []uint64{now, now + 1, now + 2}},
			{StackIndex: 2, AttributeIndices: []int32{1}, LinkIndex: 1, TimestampsUnixNano: []uint64{now}},
		},
	}
	offCPU := &profiles.Profile{
		SampleType:   &profiles.ValueType{TypeStrindex: 5, UnitStrindex: 4},
		TimeUnixNano: now,
		DurationNano: uint64(5 * time.Second),
		Samples:      []*profiles.Sample{{StackIndex: 3, Values: []int64{7_000, 5_000}, TimestampsUnixNano: []uint64{now, now + 1}}},
	}
	return &collector.ExportProfilesServiceRequest{
		Dictionary: dictionary,
		ResourceProfiles: []*profiles.ResourceProfiles{{
			Resource: &resource.Resource{Attributes: []*common.KeyValue{
				{Key: "service.name", Value: text(*service)}, {Key: "k8s.pod.name", Value: text(*service + "-1")},
			}},
			ScopeProfiles: []*profiles.ScopeProfiles{{Profiles: []*profiles.Profile{cpu, offCPU}}},
		}},
	}
}

func text(value string) *common.AnyValue {
	return &common.AnyValue{Value: &common.AnyValue_StringValue{StringValue: value}}
}

func decode(digits string) []byte {
	bytes, err := hex.DecodeString(digits)
	if err != nil {
		panic(err)
	}

	return bytes
}
