package dev.tiphys.sandbox;

/** What Tiphys needs of a cluster. The sandbox and a real API server both pass it, so that one may stand for the other. */
interface ClusterConformance extends ApplyConformance, LifecycleConformance, WorkloadConformance, KubectlConformance {}
