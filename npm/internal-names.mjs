// Names of properties that only this package's own modules speak to each other with. The build shortens them; no name
// of the public surface, of a stored record, of the platform or of `dist/engine.js` may stand here.

const NAMES = `
  adapt announce answer bytes cell current environment expiresMs expose failures hash held holdsLastKnown initial isHidden isOut
  isReady isStale keyPath kind loadExplain look open origin page renew report retryMs send session setDevice setSession shown
  shut slots stop suspends take vault watch
`;

/** Matches them, in the form that esbuild takes. */
export const internalNames = new RegExp(`^(${NAMES.trim().split(/\s+/).join('|')})$`);
