/**
 * Text as numbers: a tokenizer is trained from texts, once and for all by a stated rule, and then
 * turns text into tokens and back. It is kept as JSON, whose hash is its fingerprint. Imports
 * {@code common.config} and Jackson. Read {@link io.lockstep.common.tokenizer.Tokenizers} first,
 * then {@link io.lockstep.common.tokenizer.Tokenizer}.
 */
@NullMarked
package io.lockstep.common.tokenizer;

import org.jspecify.annotations.NullMarked;
