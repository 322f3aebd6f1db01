// Names of properties that only this package's own modules speak to each other with. The build shortens them; no name
// of the public surface, of a state stored record, of the platform or of `dist/engine.js` may stand here.

const NAMES = `
  adapt address alone answers attempt batch batchSize beacon breaks bytes cells connect current deviceId expected
  expiresMs failures given hash held holdsLastKnown intervalMs isAllowed isHeard isHidden isLive isOpen isOut
  isOver isPaused isReady isStarted keyPath kills kind lastReport listeners loadRare looking lookTimer loss losses
  misses needsOperators onPlan origin page place pushTimer query refusals remote replaced retryMs seen sending
  sendTimer served session setDevice setKilled setSession shown slots socket state stored suspends trust waiting
  watch
`;

/** Matches them, in the form that esbuild takes. */
export const internalNames = new RegExp(`^(${NAMES.trim().split(/\s+/).join('|')})$`);
