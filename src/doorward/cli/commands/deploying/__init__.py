"""Commands that write what runs Doorward on several servers, and say how many it takes."""
