// Only browsers without modules run this file (`nomodule`). They cannot run the page's own script: it shows at once the
// message that the page has for them. Syntax and functions of 2009.
var message = document.getElementById('needs-script')
if (message) {
  message.innerText = message.getAttribute('data-old-browser')
  message.style.cssText = 'visibility:visible;max-height:none;animation:none'
}
