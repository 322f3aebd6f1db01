/** What Node's WebSocket takes besides, and that of browsers does not. */
type HeadedWebSocket = new (url: string, init: { headers: Record<string, string> }) => WebSocket;

/** Opens a connection; a secret key stands in a header instead of the address. Throws where Node has no WebSocket (20). */
export const connectWithHeader = (url: string, key: string): WebSocket =>
  key.startsWith('sk_')
    ? new (WebSocket as unknown as HeadedWebSocket)(url.replace(/\?.*/, ''), {
        headers: { authorization: `Bearer ${key}` },
      })
    : new WebSocket(url);
