// Sends the form of an answer to an application as soon as the page is there.
document.getElementById("answer-form").submit();
