// What pages do beyond forms and links. Everything works without it; it only spares steps.
(function () {
  'use strict';
  const on = (type, selector, act) => document.addEventListener(type, e => {
    const at = e.target instanceof Element && e.target.closest(selector);
    if (at) act(at, e);
  });

  // "/" goes to the search field, Escape closes what is open.
  document.addEventListener('keydown', e => {
    if (e.key === 'Escape') document.querySelectorAll('details.who[open]').forEach(d => { d.open = false; });
    if (e.key !== '/' || e.ctrlKey || e.metaKey || e.altKey || e.target.closest('input, textarea, select')) return;
    const field = document.getElementById('find');
    if (field) { e.preventDefault(); field.focus(); field.select(); }
  });
  document.addEventListener('click', e => {
    document.querySelectorAll('details.who[open]').forEach(d => { if (!d.contains(e.target)) d.open = false; });
  });

  // The menu is folded on a phone.
  const narrow = matchMedia('(max-width: 860px)');
  const fold = () => document.querySelectorAll('.side-box').forEach(d => { d.open = !narrow.matches; });
  narrow.addEventListener('change', fold);
  fold();

  // Copy the text of what data-copy names.
  on('click', '[data-copy]', b => {
    const from = document.querySelector(b.dataset.copy);
    if (from) navigator.clipboard.writeText((from.value || from.textContent).trim()).then(() => { b.classList.add('copied'); b.setAttribute('aria-label', b.dataset.done || 'OK'); });
  });

  // Ask before what cannot be taken back.
  on('submit', 'form[data-sure]', (f, e) => { if (!confirm(f.dataset.sure)) e.preventDefault(); });

  // A sandbox's accounts fill the login.
  on('click', '[data-login]', b => {
    document.querySelector('input[name=login]').value = b.dataset.login;
    const p = document.querySelector('input[name=password]');
    p.value = b.dataset.password;
    p.focus();
  });

  // A form is sent once.
  on('submit', 'form', (f, e) => {
    if (e.defaultPrevented || f.method === 'get') return;
    if (f.dataset.sent) { e.preventDefault(); return; }
    f.dataset.sent = '1';
    setTimeout(() => { delete f.dataset.sent; }, 5000);
  });
  addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(f => { delete f.dataset.sent; }));

  // A selection changes the list at once: forms marked data-live send themselves.
  on('change', 'form[data-live] select, form[data-live] input[type=checkbox]', el => el.form.requestSubmit());

  // A message that came in place is read out and seen.
  document.addEventListener('htmx:afterSwap', e => { if (e.target.id === 'trouble') e.target.scrollIntoView({ block: 'center' }); });
})();
