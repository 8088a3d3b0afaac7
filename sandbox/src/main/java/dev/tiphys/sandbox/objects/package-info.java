/** The objects of the sandbox: their kinds, their store, and what creating, changing and deleting one means. */
@NullMarked
package dev.tiphys.sandbox.objects;

import org.jspecify.annotations.NullMarked;
