/** Asks for the passphrase: of a new encrypted home, or of the one that is there. */

import { unlock } from '../actions/passphrase.js';
import { isExpected } from '../actions/sealed.js';
import { open } from '../actions/session.js';
import { change, state, whenChanged } from '../state.js';
import { element } from './elements.js';

const LEAST_CHARACTERS = 8;

export function showPassphrase() {
  const input = element('input', { type: 'password', required: true, minLength: LEAST_CHARACTERS, autocomplete: 'off', id: 'passphrase' });
  const text = element('p', {});
  const cancel = element('button.quiet', { type: 'button' });
  const form = element('form', {},
    element('h2', {}, 'Passphrase'), text, element('label', { htmlFor: 'passphrase' }, `At least ${LEAST_CHARACTERS} characters`), input,
    element('div.choices', {}, element('button.primary', { type: 'submit' }, 'Unlock'), cancel));
  const dialog = element('dialog', { 'aria-label': 'Passphrase' }, form);
  document.body.append(dialog);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const { value } = input;
    close(dialog, input);
    unlock(value);
  });
  const leave = () => {
    close(dialog, input);
    if (state.phase === 'locked' || state.phase === 'failed') open();
  };
  cancel.addEventListener('click', leave);
  dialog.addEventListener('cancel', (event) => { event.preventDefault(); leave(); });
  whenChanged(['asksPassphrase'], ({ asksPassphrase }) => {
    if (!asksPassphrase || dialog.open) return;
    text.textContent = isExpected() ? 'The home in this browser is encrypted. Its passphrase opens it.'
      : 'Encrypts the home, with its snapshots. Nobody can read it without the passphrase, and nobody can find that out for you.';
    cancel.textContent = isExpected() ? 'Open the home without one' : 'Cancel';
    dialog.showModal();
  });
}

function close(dialog, input) {
  dialog.close();
  input.value = '';
  change({ asksPassphrase: false });
}
