// Copyright The Flamelake Authors
// SPDX-License-Identifier: Apache-2.0

// Datasource makes every call that Grafana's Pyroscope datasource makes, with the client that Pyroscope publishes, and prints
// the answers as one JSON object. GoClientITCase checks them.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"connectrpc.com/connect"
	querierv1 "github.com/grafana/pyroscope/api/gen/proto/go/querier/v1"
	"github.com/grafana/pyroscope/api/gen/proto/go/querier/v1/querierv1connect"
	typesv1 "github.com/grafana/pyroscope/api/gen/proto/go/types/v1"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
)

var (
	url         = flag.String("url", "http://localhost:4040", "the server")
	protocol    = flag.String("protocol", "connect", "connect, grpc or grpc-web")
	start       = flag.Int64("start", 0, "start of the range, ms")
	middle      = flag.Int64("middle", 0, "where the right side of the difference begins, ms")
	end         = flag.Int64("end", 0, "end of the range, ms")
	profileType = flag.String("profile-type", "", "profile type")
	selector    = flag.String("selector", "{}", "label selector")
	label       = flag.String("label", "", "label to group by")
	callSite    = flag.String("call-site", "", "functions from the root, divided by semicolons")
	profileID   = flag.String("profile-id", "", "id of one profile")
	spanID      = flag.String("span-id", "", "id of one span")
	maxNodes    = flag.Int64("max-nodes", 0, "nodes of the cut flame graph")
	step        = flag.Float64("step", 15, "step of series, s")
)

func main() {
	flag.Parse()
	client, err := newClient()
	if err != nil {
		fail(err)
	}

	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	answers, err := ask(ctx, client)
	if err != nil {
		fail(err)
	}

	if err := json.NewEncoder(os.Stdout).Encode(answers); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// newClient speaks Connect and gRPC-Web over HTTP/1.1, as the datasource does, and gRPC over HTTP/2 without TLS.
func newClient() (querierv1connect.QuerierServiceClient, error) {
	switch *protocol {
	case "connect":
		return querierv1connect.NewQuerierServiceClient(http.DefaultClient, *url), nil
	case "grpc-web":
		return querierv1connect.NewQuerierServiceClient(http.DefaultClient, *url, connect.WithGRPCWeb()), nil
	case "grpc":
		protocols := new(http.Protocols)
		protocols.SetUnencryptedHTTP2(true)
		h2c := &http.Client{Transport: &http.Transport{Protocols: protocols}}
		return querierv1connect.NewQuerierServiceClient(h2c, *url, connect.WithGRPC()), nil
	default:
		return nil, fmt.Errorf("unknown protocol %q", *protocol)
	}
}

// asker makes calls until one fails, and keeps the answers.
type asker struct {
	ctx     context.Context
	answers map[string]json.RawMessage
	err     error
}

func call[Q, R any](a *asker, name string, rpc func(context.Context, *connect.Request[Q]) (*connect.Response[R], error), request *Q, headers ...string) {
	if a.err != nil {
		return
	}

	envelope := connect.NewRequest(request)
	for i := 0; i < len(headers); i += 2 {
		envelope.Header().Set(headers[i], headers[i+1])
	}

	response, err := rpc(a.ctx, envelope)
	if err != nil {
		a.err = fmt.Errorf("%s: %w", name, err)
		return
	}

	a.answers[name], a.err = protojson.Marshal(any(response.Msg).(proto.Message))
}

// refused makes a call that has to fail and keeps its code.
func refused[Q, R any](a *asker, name string, rpc func(context.Context, *connect.Request[Q]) (*connect.Response[R], error), request *Q) {
	if a.err != nil {
		return
	}

	_, err := rpc(a.ctx, connect.NewRequest(request))
	var refusal *connect.Error
	if !errors.As(err, &refusal) {
		a.err = fmt.Errorf("%s: not refused by the server: %w", name, err)
		return
	}

	a.answers[name], a.err = json.Marshal(refusal.Code().String())
}

func ask(ctx context.Context, client querierv1connect.QuerierServiceClient) (map[string]json.RawMessage, error) {
	a := &asker{ctx: ctx, answers: map[string]json.RawMessage{}}
	askForLabels(a, client)
	askForSeries(a, client)
	askForProfiles(a, client)
	return a.answers, a.err
}

func askForLabels(a *asker, client querierv1connect.QuerierServiceClient) {
	accept := []string{"Accept", "*/*;allow-utf8-labelnames=true"}
	matchers := []string{*selector}
	call(a, "health", client.ProfileTypes, &querierv1.ProfileTypesRequest{Start: 1000, End: 4000})
	call(a, "types", client.ProfileTypes, &querierv1.ProfileTypesRequest{Start: *start, End: *end})
	call(a, "types of the last hour", client.ProfileTypes, &querierv1.ProfileTypesRequest{})
	call(a, "names", client.LabelNames, &typesv1.LabelNamesRequest{Matchers: matchers, Start: *start, End: *end}, accept...)
	call(a, "legacy names", client.LabelNames, &typesv1.LabelNamesRequest{Matchers: matchers, Start: *start, End: *end})
	call(a, "names of the last hour", client.LabelNames, &typesv1.LabelNamesRequest{}, accept...)
	call(a, "values", client.LabelValues, &typesv1.LabelValuesRequest{Name: *label, Matchers: matchers, Start: *start, End: *end}, accept...)
	call(a, "values of the last hour", client.LabelValues, &typesv1.LabelValuesRequest{Name: *label}, accept...)
	call(a, "pairs", client.Series, &querierv1.SeriesRequest{Matchers: matchers, LabelNames: []string{"service_name", "__profile_type__"}, Start: *start, End: *end}, accept...)
	call(a, "stats", client.GetProfileStats, &typesv1.GetProfileStatsRequest{})
	refused(a, "values of no name", client.LabelValues, &typesv1.LabelValuesRequest{Start: *start, End: *end})
}

func askForSeries(a *asker, client querierv1connect.QuerierServiceClient) {
	series := func() *querierv1.SelectSeriesRequest {
		return &querierv1.SelectSeriesRequest{ProfileTypeID: *profileType, LabelSelector: *selector, Start: *start, End: *end, Step: *step}
	}

	call(a, "series", client.SelectSeries, series())

	grouped := series()
	grouped.GroupBy = []string{*label}
	call(a, "series by label", client.SelectSeries, grouped)

	limited := series()
	limited.GroupBy = []string{*label}
	limited.Limit = proto.Int64(1)
	call(a, "largest series", client.SelectSeries, limited)

	exemplars := series()
	exemplars.ExemplarType = typesv1.ExemplarType_EXEMPLAR_TYPE_INDIVIDUAL
	call(a, "exemplars", client.SelectSeries, exemplars)

	ofCallSite := series()
	ofCallSite.StackTraceSelector = stackTraceSelector()
	call(a, "series of the call site", client.SelectSeries, ofCallSite)

	stepless := series()
	stepless.Step = 0
	refused(a, "series without step", client.SelectSeries, stepless)

	call(a, "heatmap", client.SelectHeatmap, &querierv1.SelectHeatmapRequest{
		ProfileTypeID: *profileType, LabelSelector: *selector, Start: *start, End: *end, Step: *step,
		QueryType: querierv1.HeatmapQueryType_HEATMAP_QUERY_TYPE_INDIVIDUAL, ExemplarType: typesv1.ExemplarType_EXEMPLAR_TYPE_INDIVIDUAL,
	})
}

func askForProfiles(a *asker, client querierv1connect.QuerierServiceClient) {
	stacktraces := func() *querierv1.SelectMergeStacktracesRequest {
		return &querierv1.SelectMergeStacktracesRequest{
			ProfileTypeID: *profileType, LabelSelector: *selector, Start: *start, End: *end, MaxNodes: proto.Int64(16384),
			Format: querierv1.ProfileFormat_PROFILE_FORMAT_FLAMEGRAPH,
		}
	}

	call(a, "flame graph", client.SelectMergeStacktraces, stacktraces())

	cut := stacktraces()
	cut.MaxNodes = maxNodes
	call(a, "cut flame graph", client.SelectMergeStacktraces, cut)

	ofCallSite := stacktraces()
	ofCallSite.StackTraceSelector = stackTraceSelector()
	call(a, "flame graph of the call site", client.SelectMergeStacktraces, ofCallSite)

	ofProfile := stacktraces()
	ofProfile.ProfileIdSelector = []string{*profileID}
	call(a, "flame graph of the profile", client.SelectMergeStacktraces, ofProfile)

	call(a, "flame graph of the span", client.SelectMergeSpanProfile, &querierv1.SelectMergeSpanProfileRequest{
		ProfileTypeID: *profileType, LabelSelector: *selector, Start: *start, End: *end, SpanSelector: []string{*spanID},
	})
	call(a, "profile", client.SelectMergeProfile, &querierv1.SelectMergeProfileRequest{
		ProfileTypeID: *profileType, LabelSelector: *selector, Start: *start, End: *end,
	})

	before, after := stacktraces(), stacktraces()
	before.End, after.Start = *middle, *middle
	call(a, "difference", client.Diff, &querierv1.DiffRequest{Left: before, Right: after})
}

func stackTraceSelector() *typesv1.StackTraceSelector {
	selector := &typesv1.StackTraceSelector{}
	for _, function := range strings.Split(*callSite, ";") {
		selector.CallSite = append(selector.CallSite, &typesv1.Location{Name: function})
	}

	return selector
}
