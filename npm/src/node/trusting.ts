import type { Trust } from '../client/environment.ts';
import { ask } from '../client/request.ts';
import type { State } from '../client/state.ts';
import { demandSigned, keyIdOf } from '../client/trust.ts';

/**
 * Checks signatures by the environment's own keys: asked for once, and again when something is signed by a key
 * that was not among them.
 *
 * **Errors** what it makes rejects when the edge does not tell the keys.
 */
export const trustKeysAt = (state: State): Trust => {
  let keys = new Map<string, string>();
  const askForKeys = async (): Promise<void> => {
    const { status, bytes, cause } = await ask(state, `keys${state.query}`);
    if (status !== 200) throw new Error(`the edge does not tell its keys (${status})`, { cause });
    const answer = JSON.parse(new TextDecoder().decode(bytes)) as {
      readonly keys: readonly { readonly id: string; readonly public_key: string }[];
    };
    keys = new Map(answer.keys.map(({ id, public_key }) => [id, public_key]));
  };
  return async (signed) => {
    if (!keys.has(keyIdOf(signed))) await askForKeys();
    await demandSigned([...keys.values()], signed);
  };
};
