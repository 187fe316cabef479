type Choice<E> = { provider: string; egress: E };

// The host of a provider's name, which has its port unless that is the scheme's.
function hostOf(provider: string): string {
  const bracketed = /^\[(.*)\]:\d+$/.exec(provider);
  if (bracketed) return bracketed[1] ?? "";
  return /^[^:]*:\d+$/.test(provider) ? provider.replace(/:\d+$/, "") : provider;
}

/**
 * What a provider may get. Its own choice decides. Without one, a choice for its host decides if no
 * other model is on that host. The server also counts a detector on it.
 */
export function egressOf<E>(choices: Choice<E>[], provider: string, providers: string[]): E | undefined {
  const own = choices.find((c) => c.provider === provider);
  if (own) return own.egress;
  const host = hostOf(provider);
  const isAlone = providers.every((p) => p === provider || hostOf(p) !== host);
  return isAlone ? choices.find((c) => c.provider === host)?.egress : undefined;
}
