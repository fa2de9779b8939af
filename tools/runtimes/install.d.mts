// SPDX-License-Identifier: Apache-2.0
export function installed(runtime: string): string;
export function chromium(): string | null;
