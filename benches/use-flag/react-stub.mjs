// Stands in for React, so that the package's hook runs outside of a render and its read can be measured alone.

/** The snapshot functions that hooks handed to `useSyncExternalStore`, in order. */
export const snapshots = [];

export const useSyncExternalStore = (_, getSnapshot) => {
  snapshots.push(getSnapshot);
  return getSnapshot();
};

export const createContext = () => {
  const context = { value: undefined };
  context.Provider = (value) => {
    context.value = value;
  };
  return context;
};

/** Elements are not made; a provider takes its value at once. */
export const createElement = (type, props) => {
  if (typeof type === 'function') type(props.value);
};

export const useContext = (context) => context.value;
export const useMemo = (make) => make();
export const useCallback = (callback) => callback;
export const useState = (make) => [make()];
export const useEffect = () => {};
export const Suspense = 'suspense';
