type Choice<E> = { provider: string; egress: E };

// The host of a provider's name, which has its port unless that is the scheme's.
function hostOf(provider: string): string {
  const bracketed = /^\[(.*)\]:\d+$/.exec(provider);
  if (bracketed) return bracketed[1] ?? "";
  return /^[^:]*:\d+$/.test(provider) ? provider.replace(/:\d+$/, "") : provider;
}

/** What a provider may get: by its own choice, else by one for its host if no other model is there. The server also counts a detector there. */
export function egressOf<E>(choices: Choice<E>[], provider: string, providers: string[]): E | undefined {
  const own = choices.find((c) => c.provider === provider);
  if (own) return own.egress;
  const host = hostOf(provider);
  const isAlone = providers.every((p) => p === provider || hostOf(p) !== host);
  return isAlone ? choices.find((c) => c.provider === host)?.egress : undefined;
}
