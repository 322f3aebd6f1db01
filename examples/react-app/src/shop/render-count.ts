import { useRef } from 'react';

/**
 * How often the calling component has rendered, counting this time. The shop
 * writes it on its elements as `data-renders`, so that developer tools show
 * that a changed flag renders the components that read it and no others.
 */
export function useRenderCount(): number {
  const count = useRef(0);
  count.current += 1;
  return count.current;
}
