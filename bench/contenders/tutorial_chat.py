"""A chat as Streamlit's documentation builds one: every word is handed to `st.write_stream` as it comes.

Run it with `streamlit run bench/contenders/tutorial_chat.py`, with the environment of our app.
"""

import os

import streamlit as st
from openai import OpenAI

st.title("Chat")

client = OpenAI(api_key=os.environ["OPENROUTER_API_KEY"], base_url=os.environ["OPENROUTER_BASE_URL"])
model = st.sidebar.text_input("Model", os.environ["OPENROUTER_MODEL"])

if "messages" not in st.session_state:
    st.session_state.messages = []

for message in st.session_state.messages:
    with st.chat_message(message["role"]):
        st.markdown(message["content"])

if prompt := st.chat_input("Message"):
    st.session_state.messages.append({"role": "user", "content": prompt})
    with st.chat_message("user"):
        st.markdown(prompt)
    with st.chat_message("assistant"):
        stream = client.chat.completions.create(
            model=model,
            messages=[
                {"role": message["role"], "content": message["content"]} for message in st.session_state.messages
            ],
            stream=True,
        )
        answer = st.write_stream(stream)
    st.session_state.messages.append({"role": "assistant", "content": answer})
