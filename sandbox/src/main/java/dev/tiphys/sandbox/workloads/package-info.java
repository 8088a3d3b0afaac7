/** The controllers and the node that the sandbox simulates: workloads become ready, jobs end, nothing really runs. */
@NullMarked
package dev.tiphys.sandbox.workloads;

import org.jspecify.annotations.NullMarked;
