/** Who owns which field, and how objects are merged: Kubernetes' apply and patch rules as pure functions on JSON trees. */
@NullMarked
package dev.tiphys.sandbox.fields;

import org.jspecify.annotations.NullMarked;
