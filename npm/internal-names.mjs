// Names of properties that only this package's own modules speak to each other with. The build shortens them; no name
// of the public surface, of a stored record, of the platform or of `dist/engine.js` may stand here.

const NAMES = `
  acknowledge adapt address alone announce answer answers ask attempt beacon bytes cell connect current expect expiresMs
  expose failures hash held holdsLastKnown initial isHidden isLive isOut isReady isStale keyPath kill kind leave
  loadRare look lookIn open origin page renew report retryMs session setDevice setKilled setSession shown shut slots
  stop suspends take vault watch
`;

/** Matches them, in the form that esbuild takes. */
export const internalNames = new RegExp(`^(${NAMES.trim().split(/\s+/).join('|')})$`);
