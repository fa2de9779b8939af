// SPDX-License-Identifier: Apache-2.0

declare const brand: unique symbol;

/** A value that a function of this package checked. Only `packages/verify` may make one. */
export type Verified<T> = T & { readonly [brand]: true };
