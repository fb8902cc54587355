"""What an editor does with a library: illustrate a text, watch for news, look after captions."""
