/** The house rules that bytecode can tell: checked in every module's tests. */
@NullMarked
package dev.tiphys.rules;

import org.jspecify.annotations.NullMarked;
