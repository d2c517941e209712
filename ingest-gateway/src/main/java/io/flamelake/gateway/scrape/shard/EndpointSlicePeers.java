/*
 * Copyright The Flamelake Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.flamelake.gateway.scrape.shard;

import static java.util.Objects.requireNonNull;

import io.fabric8.kubernetes.api.model.discovery.v1.Endpoint;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointPort;
import io.fabric8.kubernetes.api.model.discovery.v1.EndpointSlice;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.flamelake.gateway.scrape.discovery.KubernetesClients;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pods behind a Kubernetes service that are ready. While the API server cannot be reached they
 * stay as they were seen last.
 */
final class EndpointSlicePeers implements PeerSource {

  private static final Logger LOG = LoggerFactory.getLogger(EndpointSlicePeers.class);

  private static final String SERVICE_LABEL = "kubernetes.io/service-name";
  private static final String POD = "Pod";
  private static final String HTTP = "http";

  private final KubernetesClient client;
  private final String namespace;
  private final String service;
  private final Map<String, List<Peer>> peersBySlice = new ConcurrentSkipListMap<>();
  private @Nullable SharedIndexInformer<EndpointSlice> informer;

  /**
   * @param service {@code namespace/name}, or a name in the client's namespace
   * @param client closed with this
   */
  EndpointSlicePeers(String service, KubernetesClient client) {
    this.client = requireNonNull(client, "client");
    int slash = service.indexOf('/');
    this.namespace = slash < 0 ? KubernetesClients.namespace(client) : service.substring(0, slash);
    this.service = service.substring(slash + 1);
  }

  @Override
  public synchronized void start() {
    SharedIndexInformer<EndpointSlice> slices =
        client
            .discovery()
            .v1()
            .endpointSlices()
            .inNamespace(namespace)
            .withLabel(SERVICE_LABEL, service)
            .runnableInformer(0);
    slices.addEventHandler(new SliceHandler());
    slices.exceptionHandler(
        (isStarted, thrown) -> {
          LOG.warn(
              "Replicas of service {}/{} cannot be watched: {}",
              namespace,
              service,
              thrown.toString());
          return true;
        });
    informer = slices;
    slices.start();
  }

  /** A pod may stand in two slices for a moment, and with two families of addresses for ever. */
  @Override
  public List<Peer> peers() {
    SortedMap<String, Peer> byName = new TreeMap<>();
    for (List<Peer> peers : peersBySlice.values()) {
      peers.forEach(peer -> byName.putIfAbsent(peer.name(), peer));
    }

    return new ArrayList<>(byName.values());
  }

  @Override
  public synchronized void close() {
    if (informer != null) {
      informer.stop();
    }

    client.close();
  }

  private static List<Peer> peers(EndpointSlice slice) {
    Integer port = findPort(slice);
    List<Peer> peers = new ArrayList<>();
    if (port == null || slice.getEndpoints() == null) {
      return peers;
    }

    for (Endpoint endpoint : slice.getEndpoints()) {
      if (isReadyPod(endpoint)) {
        String address = endpoint.getAddresses().get(0);
        String host = address.contains(":") ? '[' + address + ']' : address;
        peers.add(new Peer(endpoint.getTargetRef().getName(), host + ':' + port));
      }
    }

    return peers;
  }

  /** The condition {@code ready} that is missing means yes, by the API. */
  private static boolean isReadyPod(Endpoint endpoint) {
    return (endpoint.getConditions() == null
            || !Boolean.FALSE.equals(endpoint.getConditions().getReady()))
        && endpoint.getTargetRef() != null
        && POD.equals(endpoint.getTargetRef().getKind())
        && !endpoint.getAddresses().isEmpty();
  }

  /** The port called {@code http…}, or the first. */
  private static @Nullable Integer findPort(EndpointSlice slice) {
    List<EndpointPort> ports = slice.getPorts() == null ? List.of() : slice.getPorts();
    for (EndpointPort port : ports) {
      if (port.getName() != null && port.getName().startsWith(HTTP)) {
        return port.getPort();
      }
    }

    return ports.isEmpty() ? null : ports.get(0).getPort();
  }

  private final class SliceHandler implements ResourceEventHandler<EndpointSlice> {

    @Override
    public void onAdd(EndpointSlice slice) {
      peersBySlice.put(slice.getMetadata().getName(), peers(slice));
    }

    @Override
    public void onUpdate(EndpointSlice before, EndpointSlice after) {
      onAdd(after);
    }

    @Override
    public void onDelete(EndpointSlice slice, boolean isFinalStateUnknown) {
      peersBySlice.remove(slice.getMetadata().getName());
    }
  }
}
